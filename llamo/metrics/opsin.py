"""OPSIN, which turns IUPAC names into SMILES (Lowe et al., J. Chem. Inf. Model. 2011, 51, 739). Knows Java, no metric.

The program is the one that the package py2opsin brings along. It is started here, not through py2opsin, whose
function writes into the working directory, splits a name with a line break in two, and fails where standard output is
captured.
"""

import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True)
class Opsin:
    """The program.

    Attributes:
        java: path of the Java runtime.
        jar: path of OPSIN.
    """

    java: str
    jar: Path

    @classmethod
    def find(cls) -> "Opsin":
        """Where it is installed.

        Raises:
            ValueError: OPSIN or Java is missing.
        """
        java = shutil.which("java")
        if java is None:
            raise ValueError("cannot read IUPAC names: there is no `java`; install a Java runtime, version 8 or later")
        package = find_spec("py2opsin")
        folders = [] if package is None else package.submodule_search_locations or []
        jars = sorted(jar for folder in folders for jar in Path(folder).glob("opsin*.jar"))
        if not jars:
            raise ValueError("cannot read IUPAC names: OPSIN is missing; install it by `pip install llamo[opsin]`")
        return cls(java, jars[-1])

    @property
    def version(self) -> str:
        """As in the name of its file."""
        found = re.search(r"\d+(\.\d+)+", self.jar.name)
        return found.group() if found else "of unknown version"

    def read(self, names: Iterable[str]) -> dict[str, str]:
        """SMILES by name, names that OPSIN cannot read left out. One run for all of them.

        Raises:
            RuntimeError: OPSIN breaks off.
        """
        lines = {name: _one_line(name) for name in names}
        asked = list(dict.fromkeys(line for line in lines.values() if line))
        found = dict(zip(asked, self._run(asked), strict=True)) if asked else {}
        return {name: found[line] for name, line in lines.items() if found.get(line)}

    def _run(self, lines: list[str]) -> list[str]:
        text = "".join(f"{line}\n" for line in lines).encode("utf-8", errors="replace")
        done = subprocess.run([self.java, "-jar", str(self.jar), "-osmi"], input=text, capture_output=True)
        found = done.stdout.decode("utf-8").splitlines()
        if done.returncode or len(found) != len(lines):
            reason = " ".join(done.stderr.decode("utf-8", errors="replace").split())[-300:]
            raise RuntimeError(
                f"OPSIN gave {len(found)} lines for {len(lines)} names (exit {done.returncode}): {reason}"
            )
        return found


def _one_line(name: str) -> str:
    """OPSIN reads a name per line, and only what stands before a tab."""
    return " ".join(name.split())
