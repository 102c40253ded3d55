"""Bodies of requests: which fields there are and which values they may have. Anything else is refused, not ignored."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

_MOST_FIELDS = 100
# With a bound, pydantic reads it as Unicode, so that half a surrogate pair (JSON's "\ud800") is refused.
Text = Annotated[str, Field(max_length=2**20)]
Stop = Annotated[str, Field(min_length=1, max_length=256)]


class Body(BaseModel):
    """Fields that are null count as not given, as with OpenAI; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _without_null(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        if len(data) > _MOST_FIELDS:  # each unknown one would be an error of its own
            raise ValueError(f"{len(data)} fields; leave out what is not supported here")
        return {name: value for name, value in data.items() if value is not None}


class TextPart(Body):
    """Text inside a message."""

    type: Literal["text"]
    text: Text


class MoleculePart(Body):
    """A molecule inside a message."""

    type: Literal["molecule"]
    smiles: Text


Part = Annotated[TextPart | MoleculePart, Field(discriminator="type")]


class Message(Body):
    """A turn; `developer` is `system`."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Text | Annotated[list[Part], Field(fail_fast=True)]


class StreamOptions(Body):
    """Options of a streamed answer."""

    include_usage: bool = False


class PlainText(Body):
    """The only format of answers."""

    type: Literal["text"]


class TalkBody(Body):
    """A talk that ends with a question."""

    model: Text
    messages: Annotated[list[Message], Field(fail_fast=True)] = Field(min_length=1)
    retrieve: int | None = Field(None, ge=0, le=100)

    @model_validator(mode="after")
    def _ends_with_a_question(self) -> "TalkBody":
        if self.messages[-1].role != "user":
            raise ValueError("the last message must be the user's")
        return self


class ExplanationBody(TalkBody):
    """`/v1/explanations`: the talk, and the answer to its last question."""

    answer: Text


class ChatBody(TalkBody):
    """`/v1/chat/completions`. Fields with one allowed value are there because clients send them."""

    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    temperature: float = Field(0.0, ge=0, le=2)
    top_p: float = Field(1.0, gt=0, le=1)
    seed: int | None = Field(None, ge=-(2**63), lt=2**63)
    stop: Stop | list[Stop] | None = None
    stream: bool = False
    stream_options: StreamOptions | None = None
    logprobs: bool = False
    top_logprobs: int = Field(0, ge=0, le=20)
    n: Literal[1] = 1
    presence_penalty: Literal[0] = 0
    frequency_penalty: Literal[0] = 0
    response_format: PlainText | None = None
    user: Text | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "ChatBody":
        if self.max_tokens and self.max_completion_tokens and self.max_tokens != self.max_completion_tokens:
            raise ValueError("max_tokens and max_completion_tokens differ; give one of them")
        if self.stream_options and not self.stream:
            raise ValueError("stream_options needs stream: true; leave it out")
        if self.top_logprobs and not self.logprobs:
            raise ValueError("top_logprobs needs logprobs: true; leave it out")
        if len(self.stops) > 4:
            raise ValueError("stop must be one to four texts")
        return self

    @property
    def stops(self) -> list[str]:
        """Texts that end the answer."""
        return [self.stop] if isinstance(self.stop, str) else list(self.stop or ())


class EmbeddingBody(Body):
    """`/v1/embeddings`."""

    model: Text
    input: Text | Annotated[list[Text], Field(fail_fast=True)]
    level: Annotated[int, Field(ge=0)] | Literal["tokens", "motif"] = "tokens"
    encoding_format: Literal["float", "base64"] = "float"
    user: Text | None = None

    @property
    def molecules(self) -> list[str]:
        """SMILES."""
        return [self.input] if isinstance(self.input, str) else self.input
