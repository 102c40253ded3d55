"""The laboratory: tiny LLaMos trained alike but for one thing, and measured on the same questions.

material = prepared(Path("runs/compact/data"))
results = run_arms([Arm("mlp", {"projector_type": "mlp"}, seed=0), Arm("multi-level", seed=0)], material, folder)
results[0].right("formula"), results[0].loss("description")
"""

from llamo.analysis.laboratory.arm import Arm
from llamo.analysis.laboratory.material import Material, prepared
from llamo.analysis.laboratory.result import Result
from llamo.analysis.laboratory.running import run_arms

__all__ = ["Arm", "Material", "Result", "prepared", "run_arms"]
