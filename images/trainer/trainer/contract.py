"""The contract with the operator. Generated from the API definition; do not edit."""

from typing import Any, Final, Literal, NotRequired, TypedDict

CONTRACT_VERSION: Final = 1
SUMMARY_MAX_BYTES: Final = 4000
PROGRESS_PORT: Final = 8002
EXIT_DONE: Final = 0
EXIT_BAD_INPUT: Final = 42
EXIT_CHECKS_REFUSED: Final = 43
PATH_CONFIG: Final = "/etc/tidegate/config.json"
PATH_DATA: Final = "/data"
PATH_CONFIG_MAP_DATA: Final = "/configmap-data"
PATH_ARTIFACTS: Final = "/artifacts"
ENV_JOB_UID: Final = "TIDEGATE_JOB_UID"
ENV_THREADS: Final = "TIDEGATE_THREADS"
FILE_PREDICTIONS: Final = "evaluation/predictions.csv"
FILE_TRAINED_ROWS: Final = "evaluation/trained-rows.bin"
FILE_LISTING: Final = "bundle.sha256"
FILE_OUT_OF_FOLD: Final = "evaluation/out-of-fold.bin"
STAGES: Final = ("Loading", "Checking", "Splitting", "Training", "Evaluating", "Exporting", "Done")
METRICS: Final = ("accuracy", "balanced_accuracy", "precision", "recall", "f1", "roc_auc", "log_loss")
BUILTIN_TARGETS: Final[dict[str, str]] = {"iris": "species", "wine": "cultivar", "breast_cancer": "diagnosis", "titanic": "survived", "migraine": "migraine"}

class Metric(TypedDict):
    """One measured value; on the test rows with its 95% interval."""

    name: str
    value: float
    low: NotRequired[float]
    high: NotRequired[float]
    interval: NotRequired[Literal["wilson", "bootstrap"]]

class DataReport(TypedDict):
    """What was read, and what became of it."""

    source: Literal["primary", "fallback"]
    described: str
    digest: NotRequired[str]
    rows: NotRequired[int]
    columns: NotRequired[int]
    trainRows: NotRequired[int]
    testRows: NotRequired[int]
    classes: NotRequired[int]
    message: NotRequired[str]

class TrainerConfigDataChecksSchemaItem(TypedDict):
    """What one column must look like."""

    name: str
    type: NotRequired[Literal["number", "category"]]
    min: NotRequired[float]
    max: NotRequired[float]
    exclusiveMin: NotRequired[bool]
    values: NotRequired[list[str]]

class TrainerConfigDataChecks(TypedDict):
    """What must hold before training."""

    schema: NotRequired[list[TrainerConfigDataChecksSchemaItem]]
    minRows: int
    maxMissing: float

class TrainerConfigDataSplit(TypedDict):
    """How test rows are chosen."""

    method: Literal["hash", "random"]
    test: float
    stratify: bool
    salt: str
    seed: int

class TrainerConfigData(TypedDict):
    """Where the rows come from and what is done to them."""

    file: NotRequired[str]
    builtin: NotRequired[Literal["iris", "wine", "breast_cancer", "titanic", "migraine"]]
    described: str
    fallback: NotRequired[Literal["iris", "wine", "breast_cancer", "titanic", "migraine"]]
    target: str
    columns: NotRequired[list[str]]
    ignore: NotRequired[list[str]]
    checks: TrainerConfigDataChecks
    split: TrainerConfigDataSplit

class TrainerConfigCandidate(TypedDict):
    """The algorithm and its parameters."""

    algorithm: Literal["logisticRegression", "randomForest"]
    parameters: dict[str, Any]

class TrainerConfigCrossValidation(TypedDict):
    """Answers to the training rows by models that have not learned from them. Candidates are ranked by these answers."""

    folds: int

class TrainerConfigRanking(TypedDict):
    """How the best are chosen when there are several."""

    by: Literal["accuracy", "balanced_accuracy", "precision", "recall", "f1", "roc_auc", "log_loss"]
    top: int

class TrainerConfigTuning(TypedDict):
    """Variations of the candidates, drawn by chance and ranked beside them."""

    trials: int
    seed: int

class TrainerConfigTracking(TypedDict):
    """Where the run is logged, when there is a tracking server."""

    uri: str
    experiment: str

class TrainerConfig(TypedDict):
    """The configuration file that the operator writes and the trainer reads."""

    contract: int
    namespace: str
    trainingJob: str
    run: int
    model: str
    task: Literal["classification"]
    stopAfter: NotRequired[Literal["Validation"]]
    data: TrainerConfigData
    candidate: TrainerConfigCandidate
    rivals: NotRequired[list[TrainerConfigCandidate]]
    crossValidation: NotRequired[TrainerConfigCrossValidation]
    ranking: NotRequired[TrainerConfigRanking]
    tuning: NotRequired[TrainerConfigTuning]
    tracking: NotRequired[TrainerConfigTracking]

class Progress(TypedDict):
    """What the trainer answers on GET /progress."""

    contract: int
    stage: Literal["Loading", "Checking", "Splitting", "Training", "Evaluating", "Exporting", "Done"]
    percent: int
    etaSeconds: NotRequired[int]
    message: NotRequired[str]

class RunnerUp(TypedDict):
    """A bundle that was kept beside the best one."""

    digest: str
    sizeBytes: int
    algorithm: str
    metrics: list[Metric]
    mlflowRunId: NotRequired[str]

class SummaryArtifact(TypedDict):
    """The bundle that was written."""

    path: str
    digest: str
    sizeBytes: int

class SummaryStorage(TypedDict):
    """The volume of the artifacts claim, when the run ended."""

    sizeBytes: int
    freeBytes: int

class Summary(TypedDict):
    """The termination message of the trainer: at most 4,000 bytes of JSON."""

    contract: int
    outcome: Literal["Succeeded", "Failed"]
    reason: NotRequired[Literal["ConfigInvalid", "DataMissing", "DataInvalid", "ChecksRefused", "TrainingFailed", "StorageFailed"]]
    message: NotRequired[str]
    artifact: NotRequired[SummaryArtifact]
    data: NotRequired[DataReport]
    algorithm: NotRequired[str]
    metrics: NotRequired[list[Metric]]
    runnersUp: NotRequired[list[RunnerUp]]
    storage: NotRequired[SummaryStorage]
    finishedAt: NotRequired[str]
    mlflowRunId: NotRequired[str]

class ManifestInputsItem(TypedDict):
    """One column that a client sends."""

    name: str
    type: Literal["number", "category"]
    minimum: NotRequired[float]
    maximum: NotRequired[float]
    exclusiveMinimum: NotRequired[bool]
    categories: NotRequired[list[str]]
    nullable: bool
    example: Any

class ManifestOnnxInputsItem(TypedDict):
    """One tensor of the ONNX graph."""

    name: str
    datatype: Literal["FP32", "INT64", "BYTES"]
    shape: list[int]
    columns: NotRequired[list[str]]

class ManifestOnnx(TypedDict):
    """The graph in model.onnx."""

    opset: int
    irVersion: int
    inputs: list[ManifestOnnxInputsItem]
    outputs: list[ManifestOnnxInputsItem]

class ManifestGolden(TypedDict):
    """Rows with the answers that Python gave before export, replayed by the server before it is ready."""

    rows: list[list[Any]]
    labels: list[int]
    probabilities: list[list[float]]
    tolerance: float

class Manifest(TypedDict):
    """manifest.json of a bundle: everything a server must know."""

    contract: int
    model: str
    task: Literal["classification"]
    algorithm: str
    parameters: dict[str, Any]
    target: str
    labels: list[str]
    inputs: list[ManifestInputsItem]
    onnx: ManifestOnnx
    golden: ManifestGolden
    metrics: list[Metric]
    trainingMetrics: NotRequired[list[Metric]]
    data: DataReport
    chosenFrom: NotRequired[int]
    packages: dict[str, str]

ALGORITHMS: Final[dict[str, dict[str, dict[str, Any]]]] = {"logisticRegression": {"max_iter": {"kind": "integer", "min": 1, "max": 100000, "description": "Most iterations of the solver."}, "C": {"kind": "number", "min": 0, "above": True, "max": 1000000, "description": "Inverse of the regularisation strength."}, "tol": {"kind": "number", "min": 0, "above": True, "max": 1, "description": "Tolerance that stops the solver."}, "fit_intercept": {"kind": "flag", "description": "Whether an intercept is fitted."}, "solver": {"kind": "choice", "values": ["lbfgs", "liblinear", "newton-cg", "newton-cholesky", "sag", "saga"], "description": "The solver."}, "class_weight": {"kind": "choice", "values": ["balanced"], "nullable": True, "description": "balanced weighs classes inversely to their frequency."}, "random_state": {"kind": "integer", "min": 0, "max": 4294967295, "description": "Seed of the algorithm."}}, "randomForest": {"n_estimators": {"kind": "integer", "min": 1, "max": 2000, "description": "Number of trees."}, "max_depth": {"kind": "integer", "min": 1, "max": 64, "nullable": True, "description": "Deepest level of a tree."}, "min_samples_split": {"kind": "integer", "min": 2, "max": 1000000, "description": "Fewest rows of a node that may be split."}, "min_samples_leaf": {"kind": "integer", "min": 1, "max": 1000000, "description": "Fewest rows of a leaf."}, "max_features": {"kind": "choice", "values": ["sqrt", "log2"], "nullable": True, "description": "Columns tried at a split."}, "criterion": {"kind": "choice", "values": ["gini", "entropy", "log_loss"], "description": "Quality of a split."}, "bootstrap": {"kind": "flag", "description": "Whether each tree sees a bootstrap sample."}, "class_weight": {"kind": "choice", "values": ["balanced"], "nullable": True, "description": "balanced weighs classes inversely to their frequency."}, "random_state": {"kind": "integer", "min": 0, "max": 4294967295, "description": "Seed of the algorithm."}}}

SCHEMAS: Final[dict[str, dict[str, Any]]] = {"Metric": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 40}, "value": {"type": "number"}, "low": {"type": "number"}, "high": {"type": "number"}, "interval": {"type": "string", "enum": ["wilson", "bootstrap"]}}, "required": ["name", "value"], "additionalProperties": False}, "DataReport": {"type": "object", "properties": {"source": {"type": "string", "enum": ["primary", "fallback"]}, "described": {"type": "string", "maxLength": 512}, "digest": {"type": "string", "maxLength": 71, "pattern": "^sha256:[0-9a-f]{64}$"}, "rows": {"type": "integer", "minimum": 0}, "columns": {"type": "integer", "minimum": 0}, "trainRows": {"type": "integer", "minimum": 0}, "testRows": {"type": "integer", "minimum": 0}, "classes": {"type": "integer", "minimum": 0}, "message": {"type": "string", "maxLength": 600}}, "required": ["source", "described"], "additionalProperties": False}, "TrainerConfig": {"type": "object", "properties": {"contract": {"type": "integer", "minimum": 1, "maximum": 1}, "namespace": {"type": "string", "maxLength": 253}, "trainingJob": {"type": "string", "maxLength": 253}, "run": {"type": "integer", "minimum": 1}, "model": {"type": "string", "maxLength": 253}, "task": {"type": "string", "enum": ["classification"]}, "stopAfter": {"type": "string", "enum": ["Validation"]}, "data": {"type": "object", "properties": {"file": {"type": "string", "maxLength": 1024}, "builtin": {"type": "string", "enum": ["iris", "wine", "breast_cancer", "titanic", "migraine"]}, "described": {"type": "string", "maxLength": 512}, "fallback": {"type": "string", "enum": ["iris", "wine", "breast_cancer", "titanic", "migraine"]}, "target": {"type": "string", "maxLength": 128}, "columns": {"type": "array", "maxItems": 512, "items": {"type": "string", "maxLength": 128}}, "ignore": {"type": "array", "maxItems": 512, "items": {"type": "string", "maxLength": 128}}, "checks": {"type": "object", "properties": {"schema": {"type": "array", "maxItems": 512, "items": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 128, "minLength": 1}, "type": {"type": "string", "enum": ["number", "category"]}, "min": {"type": "number"}, "max": {"type": "number"}, "exclusiveMin": {"type": "boolean"}, "values": {"type": "array", "maxItems": 64, "items": {"type": "string", "maxLength": 128}}}, "required": ["name"], "additionalProperties": False}}, "minRows": {"type": "integer", "minimum": 10}, "maxMissing": {"type": "number", "minimum": 0, "maximum": 1}}, "required": ["minRows", "maxMissing"], "additionalProperties": False}, "split": {"type": "object", "properties": {"method": {"type": "string", "enum": ["hash", "random"]}, "test": {"type": "number", "minimum": 0.05, "maximum": 0.5}, "stratify": {"type": "boolean"}, "salt": {"type": "string", "maxLength": 64}, "seed": {"type": "integer"}}, "required": ["method", "test", "stratify", "salt", "seed"], "additionalProperties": False}}, "required": ["described", "target", "checks", "split"], "additionalProperties": False}, "candidate": {"type": "object", "properties": {"algorithm": {"type": "string", "enum": ["logisticRegression", "randomForest"]}, "parameters": {"type": "object", "additionalProperties": {}, "maxProperties": 32}}, "required": ["algorithm", "parameters"], "additionalProperties": False}, "rivals": {"type": "array", "maxItems": 15, "items": {"type": "object", "properties": {"algorithm": {"type": "string", "enum": ["logisticRegression", "randomForest"]}, "parameters": {"type": "object", "additionalProperties": {}, "maxProperties": 32}}, "required": ["algorithm", "parameters"], "additionalProperties": False}}, "crossValidation": {"type": "object", "properties": {"folds": {"type": "integer", "minimum": 2, "maximum": 20}}, "required": ["folds"], "additionalProperties": False}, "ranking": {"type": "object", "properties": {"by": {"type": "string", "enum": ["accuracy", "balanced_accuracy", "precision", "recall", "f1", "roc_auc", "log_loss"]}, "top": {"type": "integer", "minimum": 1, "maximum": 5}}, "required": ["by", "top"], "additionalProperties": False}, "tuning": {"type": "object", "properties": {"trials": {"type": "integer", "minimum": 1, "maximum": 250}, "seed": {"type": "integer", "minimum": 0}}, "required": ["trials", "seed"], "additionalProperties": False}, "tracking": {"type": "object", "properties": {"uri": {"type": "string", "maxLength": 1024, "pattern": "^https?://"}, "experiment": {"type": "string", "maxLength": 250, "minLength": 1}}, "required": ["uri", "experiment"], "additionalProperties": False}}, "required": ["contract", "namespace", "trainingJob", "run", "model", "task", "data", "candidate"], "additionalProperties": False}, "Progress": {"type": "object", "properties": {"contract": {"type": "integer", "minimum": 1, "maximum": 1}, "stage": {"type": "string", "enum": ["Loading", "Checking", "Splitting", "Training", "Evaluating", "Exporting", "Done"]}, "percent": {"type": "integer", "minimum": 0, "maximum": 100}, "etaSeconds": {"type": "integer", "minimum": 0, "maximum": 31536000}, "message": {"type": "string", "maxLength": 256}}, "required": ["contract", "stage", "percent"], "additionalProperties": False}, "RunnerUp": {"type": "object", "properties": {"digest": {"type": "string", "maxLength": 71, "pattern": "^sha256:[0-9a-f]{64}$"}, "sizeBytes": {"type": "integer", "minimum": 0}, "algorithm": {"type": "string", "maxLength": 40}, "metrics": {"type": "array", "maxItems": 16, "minItems": 1, "items": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 40}, "value": {"type": "number"}, "low": {"type": "number"}, "high": {"type": "number"}, "interval": {"type": "string", "enum": ["wilson", "bootstrap"]}}, "required": ["name", "value"], "additionalProperties": False}}, "mlflowRunId": {"type": "string", "maxLength": 64, "minLength": 1, "pattern": "^[A-Za-z0-9_-]+$"}}, "required": ["digest", "sizeBytes", "algorithm", "metrics"], "additionalProperties": False}, "Summary": {"type": "object", "properties": {"contract": {"type": "integer", "minimum": 1, "maximum": 1}, "outcome": {"type": "string", "enum": ["Succeeded", "Failed"]}, "reason": {"type": "string", "enum": ["ConfigInvalid", "DataMissing", "DataInvalid", "ChecksRefused", "TrainingFailed", "StorageFailed"]}, "message": {"type": "string", "maxLength": 1200}, "artifact": {"type": "object", "properties": {"path": {"type": "string", "maxLength": 512}, "digest": {"type": "string", "maxLength": 71, "pattern": "^sha256:[0-9a-f]{64}$"}, "sizeBytes": {"type": "integer", "minimum": 0}}, "required": ["path", "digest", "sizeBytes"], "additionalProperties": False}, "data": {"type": "object", "properties": {"source": {"type": "string", "enum": ["primary", "fallback"]}, "described": {"type": "string", "maxLength": 512}, "digest": {"type": "string", "maxLength": 71, "pattern": "^sha256:[0-9a-f]{64}$"}, "rows": {"type": "integer", "minimum": 0}, "columns": {"type": "integer", "minimum": 0}, "trainRows": {"type": "integer", "minimum": 0}, "testRows": {"type": "integer", "minimum": 0}, "classes": {"type": "integer", "minimum": 0}, "message": {"type": "string", "maxLength": 600}}, "required": ["source", "described"], "additionalProperties": False}, "algorithm": {"type": "string", "maxLength": 40}, "metrics": {"type": "array", "maxItems": 16, "items": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 40}, "value": {"type": "number"}, "low": {"type": "number"}, "high": {"type": "number"}, "interval": {"type": "string", "enum": ["wilson", "bootstrap"]}}, "required": ["name", "value"], "additionalProperties": False}}, "runnersUp": {"type": "array", "maxItems": 4, "items": {"type": "object", "properties": {"digest": {"type": "string", "maxLength": 71, "pattern": "^sha256:[0-9a-f]{64}$"}, "sizeBytes": {"type": "integer", "minimum": 0}, "algorithm": {"type": "string", "maxLength": 40}, "metrics": {"type": "array", "maxItems": 16, "minItems": 1, "items": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 40}, "value": {"type": "number"}, "low": {"type": "number"}, "high": {"type": "number"}, "interval": {"type": "string", "enum": ["wilson", "bootstrap"]}}, "required": ["name", "value"], "additionalProperties": False}}, "mlflowRunId": {"type": "string", "maxLength": 64, "minLength": 1, "pattern": "^[A-Za-z0-9_-]+$"}}, "required": ["digest", "sizeBytes", "algorithm", "metrics"], "additionalProperties": False}}, "storage": {"type": "object", "properties": {"sizeBytes": {"type": "integer", "minimum": 1}, "freeBytes": {"type": "integer", "minimum": 0}}, "required": ["sizeBytes", "freeBytes"], "additionalProperties": False}, "finishedAt": {"type": "string", "maxLength": 40}, "mlflowRunId": {"type": "string", "maxLength": 64, "minLength": 1, "pattern": "^[A-Za-z0-9_-]+$"}}, "required": ["contract", "outcome"], "additionalProperties": False}, "Manifest": {"type": "object", "properties": {"contract": {"type": "integer", "minimum": 1, "maximum": 1}, "model": {"type": "string", "maxLength": 253}, "task": {"type": "string", "enum": ["classification"]}, "algorithm": {"type": "string", "maxLength": 40}, "parameters": {"type": "object", "additionalProperties": {}, "maxProperties": 64}, "target": {"type": "string", "maxLength": 128}, "labels": {"type": "array", "maxItems": 1000, "minItems": 2, "items": {"type": "string", "maxLength": 128}}, "inputs": {"type": "array", "maxItems": 512, "minItems": 1, "items": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 128}, "type": {"type": "string", "enum": ["number", "category"]}, "minimum": {"type": "number"}, "maximum": {"type": "number"}, "exclusiveMinimum": {"type": "boolean"}, "categories": {"type": "array", "maxItems": 64, "items": {"type": "string", "maxLength": 128}}, "nullable": {"type": "boolean"}, "example": {}}, "required": ["name", "type", "nullable", "example"], "additionalProperties": False}}, "onnx": {"type": "object", "properties": {"opset": {"type": "integer", "minimum": 1}, "irVersion": {"type": "integer", "minimum": 1}, "inputs": {"type": "array", "maxItems": 2, "minItems": 1, "items": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 128}, "datatype": {"type": "string", "enum": ["FP32", "INT64", "BYTES"]}, "shape": {"type": "array", "maxItems": 2, "items": {"type": "integer"}}, "columns": {"type": "array", "maxItems": 512, "items": {"type": "string", "maxLength": 128}}}, "required": ["name", "datatype", "shape"], "additionalProperties": False}}, "outputs": {"type": "array", "maxItems": 2, "minItems": 2, "items": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 128}, "datatype": {"type": "string", "enum": ["FP32", "INT64", "BYTES"]}, "shape": {"type": "array", "maxItems": 2, "items": {"type": "integer"}}, "columns": {"type": "array", "maxItems": 512, "items": {"type": "string", "maxLength": 128}}}, "required": ["name", "datatype", "shape"], "additionalProperties": False}}}, "required": ["opset", "irVersion", "inputs", "outputs"], "additionalProperties": False}, "golden": {"type": "object", "properties": {"rows": {"type": "array", "maxItems": 64, "minItems": 1, "items": {"type": "array", "maxItems": 512, "items": {}}}, "labels": {"type": "array", "maxItems": 64, "items": {"type": "integer"}}, "probabilities": {"type": "array", "maxItems": 64, "items": {"type": "array", "maxItems": 1000, "items": {"type": "number"}}}, "tolerance": {"type": "number"}}, "required": ["rows", "labels", "probabilities", "tolerance"], "additionalProperties": False}, "metrics": {"type": "array", "maxItems": 16, "items": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 40}, "value": {"type": "number"}, "low": {"type": "number"}, "high": {"type": "number"}, "interval": {"type": "string", "enum": ["wilson", "bootstrap"]}}, "required": ["name", "value"], "additionalProperties": False}}, "trainingMetrics": {"type": "array", "maxItems": 16, "items": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 40}, "value": {"type": "number"}, "low": {"type": "number"}, "high": {"type": "number"}, "interval": {"type": "string", "enum": ["wilson", "bootstrap"]}}, "required": ["name", "value"], "additionalProperties": False}}, "data": {"type": "object", "properties": {"source": {"type": "string", "enum": ["primary", "fallback"]}, "described": {"type": "string", "maxLength": 512}, "digest": {"type": "string", "maxLength": 71, "pattern": "^sha256:[0-9a-f]{64}$"}, "rows": {"type": "integer", "minimum": 0}, "columns": {"type": "integer", "minimum": 0}, "trainRows": {"type": "integer", "minimum": 0}, "testRows": {"type": "integer", "minimum": 0}, "classes": {"type": "integer", "minimum": 0}, "message": {"type": "string", "maxLength": 600}}, "required": ["source", "described"], "additionalProperties": False}, "chosenFrom": {"type": "integer", "minimum": 2}, "packages": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 64}, "maxProperties": 32}}, "required": ["contract", "model", "task", "algorithm", "parameters", "target", "labels", "inputs", "onnx", "golden", "metrics", "data", "packages"], "additionalProperties": False}}
