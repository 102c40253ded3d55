"""The released checkpoint as a HuggingFace folder: config, shards, generation config, tokenizer, processor, LoRA."""

import shutil
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import torch
from safetensors.torch import save_file

from llamo.convert.checkpoint import Lora, ReleasedCheckpoint
from llamo.convert.layout import Layout, find_layout
from llamo.convert.names import PREFIX, UNUSED, Place, find_place, is_alias, is_text
from llamo.convert.report import ConversionReport
from llamo.convert.writing import write_shards
from llamo.replacing import check_output
from modeling_llamo import LlamoForConditionalGeneration

# Files beside the model: tensors that nothing reads, kept so that the way back is exact, and the adapter.
UNUSED_FILE = "ln_graph_model.safetensors"
LORA_FOLDER = "lora"
_WHY_UNUSED = "LayerNorm of a pooled token that the released code computes and throws away"
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}

LoraHandling = Literal["keep", "merge"]


def convert(
    checkpoint: str | Path,
    output: str | Path,
    *,
    text_model: str,
    dtype: str = "auto",
    max_shard_size: str | int = "5GB",
    lora: LoraHandling | None = None,
    lora_alpha: float = 32,
    num_attention_heads: int = 4,
    overwrite: bool = False,
) -> ConversionReport:
    """Writes the model in a released checkpoint as a folder that `AutoModel` and `AutoProcessor` load.

    Args:
        checkpoint: Lightning `.ckpt`, `.pt` or `.safetensors` with the released names.
        output: folder to make.
        text_model: folder or Hub id of the language model it was trained from (config and tokenizer are taken).
        dtype: of the language model: "auto" (as stored), "float32", "bfloat16", "float16". Encoder and projector are
            always float32.
        max_shard_size: of the weight files.
        lora: what becomes of LoRA weights: "merge" into the language model, or "keep" as a PEFT adapter in the folder
            `lora`. Must be given exactly where the checkpoint has some.
        lora_alpha: no checkpoint holds it; the paper's.
        num_attention_heads: of the projector; no checkpoint tells. The paper's.
        overwrite: replace `output`.

    Raises:
        ValueError: tensors are unknown, missing or of another shape (by name), the parts do not belong together, or
            `output` is there already.
    """
    output = Path(output).resolve()
    _check_output(output, overwrite, checkpoint, text_model)
    source = ReleasedCheckpoint.open(checkpoint, lora_alpha=lora_alpha)
    _check_lora(source.lora, lora)
    layout = find_layout(source, text_model, num_attention_heads=num_attention_heads)
    shapes = _expected(layout, _text_dtype(source, layout, dtype))
    places = {name: find_place(name, layout.text_prefix) for name in shapes}
    ignored = _check(source.tensors, shapes, places, layout)
    merged = source.lora if lora == "merge" else None
    report = ConversionReport(str(output))
    report.memory.look()

    def make(name: str) -> torch.Tensor:
        theirs = source.tensors[places[name].name]
        theirs = merged.merged(places[name].name, theirs) if merged else theirs
        tensor = _fit_rows(places[name].cut(theirs), shapes[name]).to(shapes[name].dtype)
        report.memory.look()
        return tensor

    with _whole_folder(output) as folder:
        for part in (layout.config, layout.generation, layout.processor):
            part.save_pretrained(folder)
        if unused := {PREFIX + name: source.tensors[name].float() for name in UNUSED if name in source.tensors}:
            save_file(unused, folder / UNUSED_FILE)
        if source.lora and lora == "keep":
            save_adapter(folder / LORA_FOLDER, source.lora, places, base=str(output))
        report.bytes_written = write_shards(folder, shapes, make, max_shard_size=max_shard_size)
    _describe(report, source, layout, shapes, ignored, lora)
    return report


def _check_lora(found: Lora | None, wanted: LoraHandling | None):
    if found and wanted is None:
        raise ValueError(
            f"the checkpoint has LoRA weights of rank {found.rank} for {len(found.pairs)} matrices; choose "
            "--merge-lora or --keep-lora"
        )
    if wanted and not found:
        raise ValueError(f"--{wanted}-lora was asked for, but the checkpoint has no LoRA weights; leave it out")


def _text_dtype(source: ReleasedCheckpoint, layout: Layout, dtype: str) -> torch.dtype:
    if dtype == "auto":
        beginning = f"language_model.{layout.text_prefix}."
        return next(tensor.dtype for name, tensor in source.tensors.items() if name.startswith(beginning))
    if dtype not in DTYPES:
        raise ValueError(f"dtype must be auto, {', '.join(DTYPES)}, got {dtype!r}")
    return DTYPES[dtype]


def _expected(layout: Layout, text_dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """Names, shapes and dtypes of the converted model's tensors, on the meta device; tied ones once."""
    layout.config.dtype = text_dtype
    with torch.device("meta"):
        model = LlamoForConditionalGeneration(layout.config)
    shapes = dict(model.state_dict())
    if layout.config.tie_word_embeddings:
        for tied in model._tied_weights_keys or {}:
            shapes.pop(tied, None)
    return {
        name: tensor.to(text_dtype) if is_text(name) and tensor.is_floating_point() else tensor
        for name, tensor in shapes.items()
    }


def _check(
    tensors: Mapping[str, torch.Tensor],
    shapes: Mapping[str, torch.Tensor],
    places: Mapping[str, Place],
    layout: Layout,
) -> dict[str, str]:
    """Refuses tensors that are unknown, missing or of another shape; gives those that are ignored, and why."""
    known = {place.name for place in places.values()}
    if missing := sorted(known - tensors.keys()):
        raise ValueError(f"the checkpoint lacks tensors: {', '.join(PREFIX + name for name in missing)}")
    ignored, unknown = {}, []
    for name in tensors.keys() - known:
        original = is_alias(name) or (layout.embedding if _is_tied_head(name, layout) else None)
        if name in UNUSED:
            ignored[name] = _WHY_UNUSED
        elif original and torch.equal(tensors[name], tensors[original]):
            ignored[name] = "repeats the shared attention" if is_alias(name) else "tied to the token embedding"
        elif original:
            raise ValueError(f"{PREFIX}{name} differs from {PREFIX}{original}, which the released code shares with it")
        else:
            unknown.append(PREFIX + name)
    if unknown:
        raise ValueError(f"tensors without a place in LLaMo: {', '.join(sorted(unknown))}")
    for name, place in places.items():
        _check_shape(name, place, tensors[place.name], shapes[name], layout)
    return ignored


def _is_tied_head(name: str, layout: Layout) -> bool:
    return layout.config.tie_word_embeddings and name == "language_model.lm_head.weight"


def _check_shape(name: str, place: Place, theirs: torch.Tensor, ours: torch.Tensor, layout: Layout):
    rows = theirs.shape[0] if theirs.dim() else 1
    found = tuple(place.cut(theirs).shape) if rows % place.parts == 0 else tuple(theirs.shape)
    expected = tuple(ours.shape)
    if expected[:1] == (layout.config.text_config.vocab_size,):
        found = (expected[0], *found[1:]) if found[0] == layout.rows else found
    if found != expected:
        raise ValueError(
            f"{PREFIX}{place.name} has shape {tuple(theirs.shape)}, which gives {name} {found}, not {expected}"
        )


def _fit_rows(tensor: torch.Tensor, shape: torch.Tensor) -> torch.Tensor:
    """Token embedding and head get their row for `<graph>`: the mean row, which no prompt and no answer ever reads."""
    extra = shape.shape[0] - tensor.shape[0] if tensor.dim() else 0
    if not extra:
        return tensor
    mean = tensor.mean(0, keepdim=True, dtype=torch.float32).to(tensor.dtype)
    return torch.cat([tensor, mean.expand(extra, *tensor.shape[1:])])


@contextmanager
def _whole_folder(output: Path):
    """A folder that appears under its name only when everything is in it; an older one is replaced then."""
    partial, old = (output.with_name(f"{output.name}.{kind}") for kind in ("partial", "old"))
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        if output.exists():
            output.rename(old)
        partial.rename(output)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _check_output(output: Path, overwrite: bool, *inputs: str | Path):
    """Refuses an output that must not be replaced, before any work."""
    check_output(output, overwrite=overwrite)
    for path in (Path(name).resolve() for name in inputs if Path(name).exists()):
        if path == output or output in path.parents:
            raise ValueError(f"{path} lies in the output {output}, which would be replaced; choose another output")


def save_adapter(folder: Path, lora: Lora, places: Mapping[str, Place], *, base: str):
    """The adapter as PEFT's own folder, for `PeftModel.from_pretrained(model, folder)`."""
    from peft import LoraConfig

    ours = {place.name: name for name, place in places.items()}
    modules = {ours[name].removesuffix(".weight"): pair for name, pair in lora.pairs.items()}
    kinds = sorted({module.rsplit(".", 1)[1] for module in modules})
    config = LoraConfig(
        base_model_name_or_path=base,
        task_type="CAUSAL_LM",
        r=lora.rank,
        lora_alpha=int(lora.alpha) if lora.alpha == int(lora.alpha) else lora.alpha,  # type: ignore[arg-type]
        lora_dropout=lora.dropout,
        target_modules=rf"model\.language_model\..*\.({'|'.join(kinds)})",
        inference_mode=True,
    )
    config.save_pretrained(str(folder))
    weights = {}
    for module, (down, up) in modules.items():
        weights[f"base_model.model.{module}.lora_A.weight"] = down.contiguous()
        weights[f"base_model.model.{module}.lora_B.weight"] = up.contiguous()
    save_file(weights, folder / "adapter_model.safetensors", metadata={"format": "pt"})


def _describe(
    report: ConversionReport,
    source: ReleasedCheckpoint,
    layout: Layout,
    shapes: Mapping[str, torch.Tensor],
    ignored: Mapping[str, str],
    lora: LoraHandling | None,
):
    report.add_mapped(shapes)
    if source.lora:
        pairs = {
            name: tensor
            for name, pair in source.lora.pairs.items()
            for name, tensor in zip((f"{name} A", f"{name} B"), pair, strict=True)
        }
        note = f"rank {source.lora.rank}, alpha {source.lora.alpha:g}"
        report.add("LoRA", "merged" if lora == "merge" else f"kept apart in {LORA_FOLDER}/", pairs, note)
    for reason in dict.fromkeys(ignored.values()):
        names = [name for name, why in ignored.items() if why == reason]
        report.add("", "ignored", {name: source.tensors[name] for name in names}, f"{_common(names)}: {reason}")
    added = layout.config.text_config.vocab_size - layout.rows
    rows = {name: shape[:added] for name, shape in shapes.items() if _has_rows(name, shape, layout)} if added else {}
    report.add(
        "<graph>", "added", rows, f"{added} row(s) of token embedding and head, never read" if added else "no row"
    )
    report.memory.look()


def _has_rows(name: str, shape: torch.Tensor, layout: Layout) -> bool:
    return is_text(name) and shape.dim() > 0 and shape.shape[0] == layout.config.text_config.vocab_size


def _common(names: list[str]) -> str:
    head = names[0].split(".")
    while not all(name.startswith(".".join(head)) for name in names):
        head.pop()
    return ".".join(head) + ("" if len(names) == 1 else "*")
