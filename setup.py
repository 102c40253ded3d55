"""Installs LLaMo. Dull on purpose: everything is named."""

from pathlib import Path

from setuptools import setup

PACKAGES = [
    "configuration",
    "modeling_llamo",
    "modeling_llamo.projector",
    "processors",
    "llamo",
    "llamo.convert",
    "llamo.data",
    "llamo.demo",
    "llamo.training",
]

setup(
    name="llamo",
    version="0.1.0",
    description="LLaMo, the molecule assistant (NeurIPS 2024), as a HuggingFace model",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11",
    packages=PACKAGES,
    package_dir={"": "."},
    package_data={
        **{name: ["py.typed"] for name in PACKAGES},
        "processors": ["py.typed", "*.jinja"],
        "llamo.demo": ["py.typed", "*.csv"],
    },
    install_requires=[
        "accelerate>=1.10",
        "datasets>=4.0",
        "evaluate>=0.4.6",
        "huggingface-hub>=1.0",
        "matplotlib>=3.8",
        "numpy>=1.26",
        "peft>=0.21",
        "pyyaml>=6",
        "rdkit>=2024.3.1",
        "rich>=13",
        "safetensors>=0.5",
        "torch>=2.6",
        "torch-geometric>=2.6",
        "transformers>=5.24",
        "typer>=0.15",
        "wrapt>=1.16",
    ],
    extras_require={
        "quantization": ["bitsandbytes>=0.45"],
        "test": ["bitsandbytes>=0.45", "hypothesis", "parameterized", "pytest>=8"],
        "dev": ["pre-commit", "pyright", "ruff"],
    },
    entry_points={"console_scripts": ["llamo = llamo.cli:main"]},
)
