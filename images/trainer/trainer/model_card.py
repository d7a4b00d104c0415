"""Writes the model card: what was learned from which rows, how good it is, and what to be careful about."""

from .cells import plain
from .contract import Manifest, ManifestInputsItem, Metric
from .overfitting import fit_note, gaps, values
from .trained import Trained
from .wording import counted, share

MAX_CLASSES = 50


def model_card(trained: Trained, described: Manifest) -> str:
    """The card as Markdown."""
    sections = [
        f"# {_text(described['model'])}",
        (
            f"{_text(described['algorithm'])} that predicts `{_text(described['target'])}` from "
            f"{counted(len(described['inputs']), 'column')}; {counted(len(described['labels']), 'class', 'classes')}."
        ),
        "## How good it is",
        _metrics(trained),
        _gap(trained.training.rows),
        *_folds(trained),
        _classes(trained),
        "## Data",
        _data(trained),
        "## Inputs",
        _table(["column", "type", "may be missing", "example"], [_input(item) for item in described["inputs"]]),
        "## Be careful",
        "\n".join(f"- {note}" for note in _cautions(trained)),
    ]
    return "\n\n".join(sections) + "\n"


def _metrics(trained: Trained) -> str:
    tested, training = trained.measured.metrics, trained.training
    known, gap = values(training.metrics), gaps(tested, training)
    columns = ["metric", "test rows", "95% interval", "by", "training rows", "gap"]
    return _table(columns, [[*_metric(metric), *(_cell(each.get(metric["name"])) for each in (known, gap))] for metric in tested])


def _metric(metric: Metric) -> list[str]:
    if "low" in metric and "high" in metric and "interval" in metric:
        return [metric["name"], share(metric["value"]), f"{share(metric['low'])} – {share(metric['high'])}", metric["interval"]]
    return [metric["name"], share(metric["value"]), "", ""]


def _cell(value: float | None) -> str:
    return "" if value is None else share(value)


def _gap(rows: int) -> str:
    return (
        f"The gap is how much better the model does on training rows ({rows:,} of them were measured) than on test rows. "
        "A large one means overfitting: the model then knows these rows by heart, rather than what they have in common."
    )


def _folds(trained: Trained) -> list[str]:
    found = trained.out_of_fold
    if found is None:
        return []
    numbers = ", ".join(f"{metric['name']} {share(metric['value'])}" for metric in found.metrics)
    rows = f"{trained.train.rows:,} training rows"
    return [
        (
            f"Cross-validated in {found.folds.count} folds of the {rows}: {numbers}. Each row was answered by a model trained in the same "
            f"way on the other folds, so this says how good the way of training is, not this model.{_choice(trained)}"
        )
    ]


def _choice(trained: Trained) -> str:
    if trained.ranking is None:
        return ""
    return f" It was chosen from {counted(len(trained.ranking.entries), 'candidate')} by these answers, which makes them a little too good."


def _classes(trained: Trained) -> str:
    rows = [
        [_text(item["label"]), share(item["precision"]), share(item["recall"]), share(item["f1"]), str(item["testRows"])]
        for item in trained.measured.classes[:MAX_CLASSES]
    ]
    return _table(["class", "precision", "recall", "F1", "test rows"], rows)


def _data(trained: Trained) -> str:
    report, split = trained.report, trained.config["data"]["split"]
    lines = [
        f"- Source: {_text(report['described'])} ({report['source']})",
        f"- Rows: {trained.train.rows:,} trained on, {trained.test.rows:,} tested on",
        f"- Split: {split['method']}, share of test rows {share(split['test'])}, {'stratified' if split['stratify'] else 'not stratified'}",
        f"- Digest of the rows: `{report.get('digest', '')}`",
    ]
    if "message" in report:
        lines.append(f"- {_text(report['message'])}")
    return "\n".join(lines)


def _cautions(trained: Trained) -> list[str]:
    fit = fit_note(trained.model.algorithm, trained.measured, trained.training)
    notes = [*([fit] if fit else []), *(_text(note) for note in trained.model.notes)]
    if trained.shared_rows:
        verb = "occurs" if trained.shared_rows == 1 else "occur"
        notes.append(f"{counted(trained.shared_rows, 'test row')} also {verb} among the train rows: the metrics are a little too good.")
    rare = [item for item in trained.measured.classes if item["testRows"] < 10]
    if rare:
        notes.append(f"{counted(len(rare), 'class', 'classes')} with fewer than 10 test rows: their numbers say little.")
    if trained.test.rows < 100:
        notes.append(f"The intervals rest on {counted(trained.test.rows, 'test row')}; read them, not only the values.")
    return [*notes, "The model was measured on rows like those it was trained on; other rows may be answered worse."]


def _input(item: ManifestInputsItem) -> list[str]:
    example = item["example"] if isinstance(item["example"], str) else plain(item["example"])
    return [f"`{_text(item['name'])}`", item["type"], "yes" if item["nullable"] else "no", _text(example)]


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _text(text: str) -> str:
    """Text from a configuration or a file, without power over the Markdown around it."""
    flat = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in flat)
