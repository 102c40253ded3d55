"""LlamoProcessor: molecules and text in, model inputs out. Knows RDKit (through the feature extractor) and tokenizers.

It does not know the model: what it must agree on with it are the id of `<graph>` and the tokens per molecule.
"""

import re
from pathlib import Path
from typing import Any, Literal, cast

from transformers import BatchFeature, PreTrainedTokenizerBase
from transformers.processing_utils import ProcessorMixin

from configuration import LlamoConfig
from processors.control_tokens import says_control_tokens
from processors.conversation import (
    build_conversation,
    molecule_of,
    render_content,
    render_turn,
    scrub,
)
from processors.example import cut, divide, without_final_eos
from processors.feature_extraction import LlamoFeatureExtractor
from processors.graph import MoleculeGraph
from processors.molecule import without_stereo
from processors.placeholders import (
    GRAPH_TOKEN,
    MOLECULE_MARK,
    assign_molecules,
    expand_placeholders,
    num_graph_tokens,
)
from processors.released import RELEASED_OPTIONS, RELEASED_TEMPLATE
from processors.retrieval import CaptionIndex, with_retrieved
from processors.template_check import PLAIN_TEMPLATE, check_template
from processors.tokenization import add_special_tokens, split_options, tokenize
from processors.training_example import encode


class LlamoProcessor(ProcessorMixin):
    """Tokenizer and molecule feature extractor as one.

    Args:
        feature_extractor: makes graph tensors of molecules.
        tokenizer: of the language model; `<graph>` is added to it, and a pad token where it has none.
        num_graph_tokens: tokens one molecule takes (`LlamoConfig.num_graph_tokens`); None means one per atom.
        include_smiles: whether the molecule's SMILES stands in front of its graph tokens, as in the paper.
        keep_stereo: whether that SMILES keeps stereo and isotopes (the released model was trained without).
        max_smiles_length: characters after which that SMILES is cut (the released model: 128); None never cuts.
        smiles_position: whether that SMILES stands in front of its graph tokens (`graph`) or of the turn (`turn`, the
            released model), which differs where a prompt says `<graph>` inside its text.
        strip_around_graphs: drop white space around graph tokens, as the released model was trained.
        system_message: system turn of prompts and of `conversation`; None for none.
        retrieve: similar molecules of the caption index that a prompt names, where a call does not say.
        parse_special_tokens: whether training data that says a special token means it (the released code reads it so).
        chat_template: Jinja template of a conversation; default the tokenizer's own, else a plain one.

    Attributes:
        captions: index that `retrieve` looks into (`llamo index`); saved and loaded with the processor. None without.
    """

    captions: CaptionIndex | None = None

    def __init__(
        self,
        feature_extractor: LlamoFeatureExtractor | None = None,
        tokenizer: PreTrainedTokenizerBase | None = None,
        num_graph_tokens: int | None = 28,
        include_smiles: bool = True,
        keep_stereo: bool = True,
        max_smiles_length: int | None = None,
        smiles_position: Literal["graph", "turn"] = "graph",
        strip_around_graphs: bool = False,
        system_message: str | None = None,
        retrieve: int = 0,
        parse_special_tokens: bool = False,
        chat_template: str | None = None,
        **kwargs,
    ):
        if tokenizer is None:
            raise ValueError("LlamoProcessor needs the tokenizer of its language model")
        self.num_graph_tokens = num_graph_tokens
        self.include_smiles = include_smiles
        self.keep_stereo = keep_stereo
        self.max_smiles_length = max_smiles_length
        if smiles_position not in ("graph", "turn"):
            raise ValueError(f"smiles_position must be 'graph' or 'turn', got {smiles_position!r}")
        self.smiles_position = smiles_position
        self.strip_around_graphs = strip_around_graphs
        self.system_message = system_message
        self.retrieve = retrieve
        self.parse_special_tokens = parse_special_tokens
        add_special_tokens(tokenizer)
        self.graph_token = GRAPH_TOKEN
        self.graph_token_id = cast(int, tokenizer.convert_tokens_to_ids(GRAPH_TOKEN))
        template = chat_template or tokenizer.chat_template or PLAIN_TEMPLATE.read_text(encoding="utf-8")
        super().__init__(feature_extractor or LlamoFeatureExtractor(), tokenizer, chat_template=template, **kwargs)

    @classmethod
    def from_tokenizer(
        cls, tokenizer: PreTrainedTokenizerBase, config: LlamoConfig | None = None, **options
    ) -> "LlamoProcessor":
        """A processor for a tokenizer and, if given, the config of its model; `options` as in the class."""
        if config is None:
            return cls(LlamoFeatureExtractor(), tokenizer, **options)
        options.setdefault("num_graph_tokens", config.num_graph_tokens)
        return cls(LlamoFeatureExtractor.of(config), tokenizer, **options)

    @classmethod
    def released(
        cls, tokenizer: PreTrainedTokenizerBase, config: LlamoConfig | None = None, **options
    ) -> "LlamoProcessor":
        """A processor that writes the prompt of the released Llama-2 model; `options` win over its own.

        The system line and `[INST]` of Llama-2 chat, `<s>` before each later user turn, SMILES without stereo and cut
        at 128 characters in front of the first turn, no white space around graph tokens.
        """
        template = RELEASED_TEMPLATE.read_text(encoding="utf-8")
        return cls.from_tokenizer(tokenizer, config, **{"chat_template": template, **RELEASED_OPTIONS, **options})

    @property
    def model_input_names(self) -> list[str]:
        """Names of all tensors a call can return."""
        return ["input_ids", "attention_mask", *self.feature_extractor.model_input_names]

    def __call__(
        self,
        molecules: Any = None,
        prompt: str | list[str] | None = None,
        *,
        text: str | list[str] | None = None,
        images: None = None,
        videos: None = None,
        audio: None = None,
        retrieve: int | None = None,
        **kwargs,
    ) -> BatchFeature:
        """Model inputs from molecules and text.

        `processor(molecules, prompt)` makes each prompt one user turn through the chat template and returns left-padded
        tensors ready for `generate`. A list of prompts is a batch, with one molecule, a list of molecules or None
        for each. One prompt with a list of molecules is one row about all of them. Molecules stand where the prompt
        says `<graph>`, or in front of it; whatever else reads like a special token is text.

        `processor(text=..., molecules=...)` takes raw text in which `<graph>` stands for each molecule and follows the
        tokenizer's defaults (no padding, lists).

        A molecule is a SMILES, an RDKit `Mol`, a mol block, a PyG `Data` or ready-made graph tensors; where the feature
        extractor has a `graph_kind`, it is a graph of that kind and `text` of it stands for the SMILES.

        Args:
            molecules: see above.
            prompt: instruction(s) in plain words.
            text: raw text(s) with placeholders.
            images: not taken; here since generic code passes it, as are `videos` and `audio`.
            retrieve: so many similar molecules of the caption index stand in front of each prompt that is about one
                molecule; default the processor's own number.
            kwargs: tokenizer options. A row over `max_length` is refused, or with `truncation=True` its text is cut.

        Raises:
            MoleculeError: a molecule that cannot be read, with row, value and reason.
            ValueError: placeholders and molecules differ in number, or a row is too long.
        """
        if images is not None or videos is not None or audio is not None:
            raise ValueError("LlamoProcessor takes molecules and text only")
        if prompt is not None and text is not None:
            raise ValueError("pass either a prompt (through the chat template) or raw text, not both")
        if prompt is not None:
            return self._encode_prompts(molecules, prompt, self.retrieve if retrieve is None else retrieve, **kwargs)
        if text is not None:
            return self._encode_texts(text, molecules, **kwargs)
        if molecules is None:
            raise ValueError("nothing to process: pass molecules with a prompt, or text")
        return self.feature_extractor(molecules, **kwargs)

    def _encode_prompts(self, molecules: Any, prompt: str | list[str], retrieve: int, **kwargs) -> BatchFeature:
        if isinstance(prompt, str):
            prompts, rows = [prompt], [molecules]
        else:
            prompts = list(prompt)
            rows = list(molecules) if isinstance(molecules, list | tuple) else [molecules] * len(prompts)
        if len(rows) != len(prompts):
            raise ValueError(f"got {len(prompts)} prompts and {len(rows)} molecules (or lists of molecules); pair them")
        conversations = []
        for number, (question, row) in enumerate(zip(prompts, rows, strict=True)):
            if row is None:
                row = []
            elif not isinstance(row, list | tuple):
                row = [row]
            row = [self.feature_extractor.featurize(molecule, row=number) for molecule in row]
            question = self.with_captions(question, row, retrieve, row=number) if retrieve else question
            conversations.append(self.conversation(row, question, row=number))
        as_text = says_control_tokens(conversations, self.tokenizer)
        options = {"padding": True, "padding_side": "left", "return_tensors": "pt"}
        options |= {"sanitize_control_tokens": as_text, **kwargs}
        return self.apply_chat_template(
            conversations, add_generation_prompt=True, tokenize=True, return_dict=True, **split_options(options)
        )

    def with_captions(self, prompt: str, molecules: list, count: int, *, row: int | None = None) -> str:
        """The prompt behind captions of the `count` most similar molecules; as it is where it is not about one.

        Raises:
            ValueError: there is no caption index.
            MoleculeError: the molecule cannot be read; it names `row`.
        """
        if self.captions is None:
            raise ValueError(
                "retrieve needs a caption index, which this processor has not; make one with `llamo index`, or leave "
                "retrieve out"
            )
        if len(molecules) != 1:
            return prompt
        smiles = self.feature_extractor.featurize(molecules[0], row=row).smiles
        return prompt if smiles is None else with_retrieved(prompt, self.captions.nearest(smiles, count))

    def save_pretrained(self, save_directory: Any, push_to_hub: bool = False, **kwargs) -> Any:
        """As transformers', with the caption index."""
        if self.captions is not None:
            Path(save_directory).mkdir(parents=True, exist_ok=True)
            self.captions.save(save_directory)
        return super().save_pretrained(save_directory, push_to_hub=push_to_hub, **kwargs)

    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path: Any, *args, **kwargs) -> "LlamoProcessor":
        """As transformers', with the caption index where there is one."""
        processor = super().from_pretrained(pretrained_model_name_or_path, *args, **kwargs)
        names = ("cache_dir", "force_download", "local_files_only", "token", "revision", "subfolder")
        options = {name: kwargs[name] for name in names if name in kwargs}
        given = "chat_template" in kwargs
        check_template(processor, pretrained_model_name_or_path, given=given, options=options)
        processor.captions = CaptionIndex.from_pretrained(pretrained_model_name_or_path, **options)
        return processor

    def _encode_texts(self, text: str | list[str], molecules: Any, **kwargs) -> BatchFeature:
        if isinstance(text, str):
            texts = [text]
            if not isinstance(molecules, list | tuple):
                molecules = [] if molecules is None else [molecules]
            molecules = molecules if molecules and isinstance(molecules[0], list | tuple) else [molecules]
        else:
            texts, molecules = list(text), [] if molecules is None else molecules
            molecules = list(molecules) if isinstance(molecules, list | tuple) else [molecules]
        rows = [
            [self.feature_extractor.featurize(molecule, row=number) for molecule in row]
            for number, row in enumerate(assign_molecules(texts, molecules))
        ]
        merged = self._merge_kwargs(tokenizer_init_kwargs=self.tokenizer.init_kwargs, **kwargs)
        options = {**merged["text_kwargs"]}
        return_offsets = options.pop("return_text_replacement_offsets", merged.get("return_text_replacement_offsets"))
        options.pop("return_mm_token_type_ids", None)
        tensor_type = options.pop("return_tensors", None)
        expanded = [self.expand(row_text, row) for row_text, row in zip(texts, rows, strict=True)]
        data = tokenize(
            self.tokenizer,
            [row_text for row_text, _ in expanded],
            options,
            tensor_type,
            graph_token_id=self.graph_token_id,
        )
        graphs = [graph for row in rows for graph in row]
        if graphs:
            data |= self.feature_extractor.pack(graphs, return_tensors=tensor_type)
        if return_offsets:
            data["text_replacement_offsets"] = [offsets for _, offsets in expanded]
        return BatchFeature(data, tensor_type=tensor_type, skip_tensor_conversion=self.skip_tensor_conversion)

    def expand(self, text: str, graphs: list[MoleculeGraph]) -> tuple[str, list[dict]]:
        """A text with as many `<graph>` as its molecules take; see `expand_placeholders`."""
        lengths = [num_graph_tokens(graph, self.num_graph_tokens) for graph in graphs]
        special = tuple(self.tokenizer.all_special_tokens)
        return expand_placeholders(text, lengths, strip=self.strip_around_graphs, special_tokens=special)

    def conversation(
        self, molecules: Any, instruction: str | list[dict], output: str | None = None, *, row: int = 0
    ) -> list[dict]:
        """A data record as messages for `apply_chat_template` and `encode_conversation`.

        Args:
            molecules: one molecule, a list of them, or None.
            instruction: the question, or all turns before the final answer; where it says `<graph>`, molecules stand
                there, else in front.
            output: the final answer, stripped of white space; None leaves the question open.
            row: number that an error names.
        """
        molecules = [] if molecules is None else molecules
        molecules = list(molecules) if isinstance(molecules, list | tuple) else [molecules]
        return build_conversation(instruction, molecules, output=output, system=self.system_message, row=row)

    def molecule_smiles(self, graph: MoleculeGraph) -> str:
        """The SMILES of a molecule as prompts write it; empty where they write none."""
        if not self.include_smiles or graph.smiles is None:
            return ""
        if self.feature_extractor.graph_kind is not None:
            return scrub(graph.smiles)
        smiles = graph.smiles if self.keep_stereo else without_stereo(graph.smiles)
        return smiles[: self.max_smiles_length]

    def molecule_text(self, graph: MoleculeGraph) -> str:
        """How one molecule is written in a prompt: its SMILES, then the mark where its graph tokens go."""
        return self.molecule_smiles(graph) + MOLECULE_MARK

    def apply_chat_template(self, conversation, chat_template: str | None = None, **kwargs) -> Any:
        """Renders conversations whose content parts may be `{"type": "molecule", "smiles": ...}`.

        As in transformers (`tokenize`, `return_dict`, `add_generation_prompt`, `return_assistant_tokens_mask`,
        `processor_kwargs`, ..). Molecules are written as SMILES and graph tokens; any template that takes text works.

        Raises:
            ValueError: the assistant mask is asked of a template that does not mark the assistant's text.
        """
        marks_answers = re.search(r"\{%-?\s*generation\s*-?%\}", self._resolve_chat_template(chat_template))
        if kwargs.get("return_assistant_tokens_mask") and not marks_answers:
            raise ValueError(
                "this chat template does not mark the assistant's text; wrap that in {% generation %} .. "
                "{% endgeneration %} or pass a template that does"
            )
        kwargs.setdefault("tokenize", False)
        rendered: Any = super().apply_chat_template(conversation, chat_template, **kwargs)
        if kwargs["tokenize"]:
            return rendered
        if isinstance(rendered, str):
            return rendered.replace(MOLECULE_MARK, GRAPH_TOKEN)
        return [chat.replace(MOLECULE_MARK, GRAPH_TOKEN) for chat in rendered]

    def encode_conversation(
        self,
        messages: list[dict],
        *,
        max_length: int | None = None,
        truncation: bool = False,
        final_eos: bool = True,
        sanitize_control_tokens: bool | None = None,
        **kwargs,
    ) -> dict[str, Any]:
        """One training example: ids, mask, graph arrays and `labels`, which are -100 outside the assistant's turns.

        Args:
            messages: a conversation; see `apply_chat_template`.
            max_length: a longer conversation is refused, or with `truncation` loses its end (never a molecule).
            truncation: see `max_length`.
            final_eos: False leaves out the end-of-text token of the last answer.
            sanitize_control_tokens: what reads like a special token is text, as in `processor(molecules, prompt)`;
                default unless `parse_special_tokens`. `<graph>` stands for a molecule in any case.
            kwargs: tokenizer options.

        Raises:
            MoleculeError: a molecule that cannot be read.
            ValueError: too long, or cut where a molecule is.
        """
        example = encode(self, messages, sanitize_control_tokens, **kwargs)
        if not final_eos:
            example = without_final_eos(example, self.tokenizer.eos_token_id)
        if max_length is not None:
            example = cut(example, max_length, graph_token_id=self.graph_token_id, truncation=truncation)
        return example

    def encode_question(self, messages: list[dict], *, drop_earlier_answers: bool = False, **kwargs) -> dict[str, Any]:
        """One evaluation example: the conversation up to its last answer, and that answer's ids as `labels`.

        Args:
            messages: a conversation that ends with an assistant's turn.
            drop_earlier_answers: leave the earlier answers out of the question and expect them too, as the released
                code does.
            kwargs: as in `encode_conversation`.
        """
        return divide(self.encode_conversation(messages, **kwargs), drop_earlier_answers=drop_earlier_answers)

    def _normalize_conversations(self, conversation) -> tuple[list, bool]:
        """Content parts become text in which a mark stands for each molecule, so that any template renders them."""
        conversations, is_batched = super()._normalize_conversations(conversation)
        for row, messages in enumerate(conversations):
            for turn, message in enumerate(messages):
                self._flatten(message, row=row, where=f"row {row}, message {turn}")
        return conversations, is_batched

    def _flatten(self, message: dict, *, row: int, where: str):
        content = message.get("content")
        if isinstance(content, str):
            message["content"] = scrub(content)
        if not isinstance(content, list):
            return
        pieces: list[str | MoleculeGraph] = []
        for part in content:
            if part.get("type") == "molecule":
                pieces.append(self.feature_extractor.featurize(molecule_of(part, where=where), row=row))
            elif part.get("type") == "text":
                pieces.append(scrub(part["text"]))
            else:
                raise ValueError(f"{where}: content parts are of type text or molecule, got {part.get('type')!r}")
        in_front = self.smiles_position == "turn"
        message["content"] = (
            render_turn(pieces, self.molecule_smiles) if in_front else render_content(pieces, self.molecule_text)
        )
        message["molecules"] = [piece for piece in pieces if isinstance(piece, MoleculeGraph)]

    def _multimodal_inputs_from_conversations(self, conversations, *args, **kwargs):
        molecules = [[graph for message in chat for graph in message.pop("molecules", [])] for chat in conversations]
        return [], [], [], {"molecules": molecules}
