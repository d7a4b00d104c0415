"""The files that make a folder with model.onnx a model of MLflow: what `mlflow.onnx` and `mlflow.pyfunc` read to load it."""

import json
import platform
from typing import Any, Final

from .contract import Manifest, ManifestOnnxInputsItem


def model_files(graph: bytes, manifest: Manifest, run_id: str) -> dict[str, bytes]:
    """By name; no pickle among them, so that loading runs no code of the model."""
    packages = manifest["packages"]
    pinned = [f"{name}=={packages[name]}" for name in ("numpy", "onnx", "onnxruntime") if name in packages]
    python = platform.python_version()
    conda = {"name": "mlflow-env", "channels": ["conda-forge"], "dependencies": [f"python={python}", "pip", {"pip": ["mlflow", *pinned]}]}
    return {
        "MLmodel": _yaml(_description(manifest, run_id, python)),
        "model.onnx": graph,
        "requirements.txt": "".join(f"{line}\n" for line in ("mlflow", *pinned)).encode(),
        "conda.yaml": _yaml(conda),
        "python_env.yaml": _yaml({"python": python, "build_dependencies": ["pip"], "dependencies": ["-r requirements.txt"]}),
    }


def _description(manifest: Manifest, run_id: str, python: str) -> dict[str, Any]:
    onnx = {
        "onnx_version": manifest["packages"].get("onnx", ""),
        "data": "model.onnx",
        "providers": ["CPUExecutionProvider"],
        "onnx_session_options": None,
        "save_as_external_data": False,
        "code": None,
    }
    pyfunc = {
        "loader_module": "mlflow.onnx",
        "python_version": python,
        "data": "model.onnx",
        "env": {"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
    }
    signature = {"inputs": _tensors(manifest["onnx"]["inputs"]), "outputs": _tensors(manifest["onnx"]["outputs"]), "params": None}
    flavors = {"onnx": onnx, "python_function": pyfunc}
    return {"artifact_path": "model", "run_id": run_id, "flavors": flavors, "signature": signature}


#: Datatypes of the Open Inference Protocol, as numpy calls them.
_DTYPES: Final = {"FP32": "float32", "INT64": "int64", "BYTES": "object"}


def _tensors(tensors: list[ManifestOnnxInputsItem]) -> str:
    specs = [{"dtype": _DTYPES[tensor["datatype"]], "shape": tensor["shape"]} for tensor in tensors]
    return json.dumps([{"name": t["name"], "type": "tensor", "tensor-spec": spec} for t, spec in zip(tensors, specs, strict=True)])


def _yaml(document: Any) -> bytes:
    """JSON is YAML, and needs no library."""
    return json.dumps(document, indent=2).encode() + b"\n"
