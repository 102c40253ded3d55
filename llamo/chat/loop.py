"""The loop of a talk: reads lines, does what `!` commands say, asks the rest. Both ends of the terminal are given."""

import inspect
from collections.abc import Callable
from pathlib import Path

from llamo.assistant import Assistant
from llamo.chat.answering import answer
from llamo.chat.drawing import draw_file, draw_text
from llamo.chat.talk import Talk
from llamo.molecule_files.naming import read_molecule

PROMPT = "you> "
HELLO = "Ask about molecules: !mol aspirin, then a question. !help tells more, Ctrl-D leaves."


class Chat:
    """A talk with a model.

    Args:
        assistant: a model with its processor.
        read: gives a line for a prompt; EOFError ends the talk, KeyboardInterrupt the line.
        write: shows text, as it is.
        max_new_tokens: of an answer.
        width: letters in a line of the terminal.

    Attributes:
        talk: what was said.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        read: Callable[[str], str],
        write: Callable[[str], None],
        max_new_tokens: int = 256,
        width: int = 80,
    ):
        self._assistant, self._read, self._write = assistant, read, write
        self._max_new_tokens, self._width = max_new_tokens, width
        self.talk = Talk()
        self._commands: dict[str, Callable[[str], None]] = {
            "!mol": self.add_molecule,
            "!draw": self.draw,
            "!save": self.save,
            "!load": self.load,
            "!new": self.begin_anew,
            "!help": self.help,
        }

    def run(self):
        """Talks until there is nothing more to read. A mistake is told and costs nothing."""
        self._say(HELLO)
        while True:
            try:
                line = self._read(PROMPT).strip()
            except KeyboardInterrupt:
                self._say("\nCtrl-D leaves.")
                continue
            except EOFError:
                self._say("")
                return
            try:
                self._do(line)
            except KeyboardInterrupt:
                self._say("\nstopped")
            except (ValueError, OSError) as error:
                self._say(f"! {error}")

    def add_molecule(self, text: str):
        """!mol SMILES_OR_NAME - the next question is about this molecule too; alone: which there are"""
        if text:
            self.talk.waiting.append(read_molecule(text))
        shown = ", ".join(self.talk.molecules) or "none; add one, such as !mol aspirin"
        self._say(f"molecules {'of the next question' if self.talk.waiting else 'so far'}: {shown}")

    def draw(self, file: str):
        """!draw [FILE.svg|FILE.png] - draws these molecules here, or into a file"""
        if not self.talk.molecules:
            raise ValueError("there is no molecule to draw; add one, such as !mol aspirin")
        if file:
            draw_file(self.talk.molecules, Path(file).expanduser())
            self._say(f"drawn into {file}")
            return
        for smiles in self.talk.molecules:
            self._say(f"{draw_text(smiles, width=min(self._width, 72))}\n{smiles}")

    def save(self, file: str):
        """!save FILE - keeps the talk"""
        path = _path(file)
        if path.exists():
            Talk.load(path)  # refuses to write over anything else
        self.talk.save(path)
        self._say(f"saved in {path}")

    def load(self, file: str):
        """!load FILE - goes on with a talk that was saved"""
        self.talk = Talk.load(_path(file))
        for message in self.talk.messages:
            self._say(f"{'you' if message['role'] == 'user' else 'llamo'}> {_shown(message['content'])}")

    def begin_anew(self, _: str):
        """!new - forgets everything said"""
        self.talk = Talk()
        self._say("a new talk")

    def help(self, _: str):
        """!help - this list; Ctrl-C stops an answer, Ctrl-D leaves"""
        self._say("\n".join(inspect.getdoc(command) or "" for command in self._commands.values()))

    def _do(self, line: str):
        name, _, argument = line.partition(" ")
        if name.startswith("!") and name not in self._commands:
            raise ValueError(f"there is no command {name}; there are {', '.join(self._commands)}")
        if line:
            self._commands.get(name, lambda _: self._ask(line))(argument.strip())

    def _ask(self, question: str):
        messages = self.talk.question(question)
        self._write("llamo> ")
        said, is_whole = answer(self._assistant, messages, self._write, max_new_tokens=self._max_new_tokens)
        self.talk.keep(messages, said)
        self._say("" if is_whole else " (stopped)")

    def _say(self, text: str):
        self._write(f"{text}\n")


def _path(file: str) -> Path:
    if not file:
        raise ValueError("which file? name one, such as talk.json")
    return Path(file).expanduser()


def _shown(content: str | list[dict]) -> str:
    if isinstance(content, str):
        return content
    return " ".join(part["smiles"] if part["type"] == "molecule" else part["text"] for part in content)
