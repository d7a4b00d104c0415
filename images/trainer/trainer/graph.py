"""Builds an ONNX graph node by node, with names that are the same in every run."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import GraphProto, NodeProto, ValueInfoProto, checker, helper, numpy_helper

PRODUCER = "tidegate-trainer"
PREFIX = "classifier_"


class Graph:
    """A graph under construction; add() returns the name of the new node's output."""

    def __init__(self) -> None:
        self._nodes: list[NodeProto] = []
        self._inputs: list[ValueInfoProto] = []
        self._outputs: list[ValueInfoProto] = []
        self._constants: list[Any] = []

    def input(self, name: str, kind: Any, width: int) -> str:
        self._inputs.append(helper.make_tensor_value_info(name, _tensor_type(kind), [None, width]))
        return name

    def output(self, name: str, value: str, tensor: tuple[Any, list[int | None]]) -> None:
        self._nodes.append(helper.make_node("Identity", [value], [name], name=f"output_{name}"))
        kind, shape = tensor
        self._outputs.append(helper.make_tensor_value_info(name, _tensor_type(kind), shape))

    def constant(self, value: NDArray[Any]) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(value, name))
        return name

    def add(self, operator: str, inputs: list[str], **attributes: Any) -> str:
        return self._add(operator, inputs, attributes)

    def add_ml(self, operator: str, inputs: list[str], **attributes: Any) -> str:
        return self._add(operator, inputs, {"domain": "ai.onnx.ml", **attributes})

    def _add(self, operator: str, inputs: list[str], attributes: dict[str, Any]) -> str:
        name = f"{operator.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def join(self, other: GraphProto, their_input: str, ours: str) -> str:
        """Takes over another graph behind one of our values; returns the name of its last output."""

        def renamed(name: str) -> str:
            return ours if name == their_input else PREFIX + name if name else ""

        for constant in other.initializer:
            constant.name = renamed(constant.name)
            self._constants.append(constant)
        for node in other.node:
            node.input[:] = [renamed(name) for name in node.input]
            node.output[:] = [renamed(name) for name in node.output]
            node.name = PREFIX + node.name
            self._nodes.append(node)
        return renamed(other.output[-1].name)

    def serialise(self, opsets: dict[str, int], ir_version: int) -> bytes:
        self._drop_unused()
        graph = helper.make_graph(self._nodes, "tidegate", self._inputs, self._outputs, self._constants)
        imports = [helper.make_opsetid(domain, version) for domain, version in opsets.items()]
        model = helper.make_model(graph, opset_imports=imports, producer_name=PRODUCER, ir_version=ir_version)
        checker.check_model(model, full_check=False)
        return bytes(model.SerializeToString(deterministic=True))

    def _drop_unused(self) -> None:
        """A classifier comes with a label of its own that nobody reads."""
        wanted = {output.name for output in self._outputs}
        kept: list[NodeProto] = []
        for node in reversed(self._nodes):
            if wanted.intersection(node.output):
                kept.append(node)
                wanted.update(node.input)
        self._nodes = kept[::-1]
        self._constants = [constant for constant in self._constants if constant.name in wanted]


def _tensor_type(kind: Any) -> int:
    return int(helper.np_dtype_to_tensor_dtype(np.dtype(kind)))
