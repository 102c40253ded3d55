"""Multi-turn conversations about molecules, written by a language model or from templates, and checked.

The method of LLaMo (arXiv 2411.00871, section 3.3 and appendix): a structure with its description and name, a few
hand-written conversations as examples, in-context generation, parsing, filtering. See docs/instructions.md.
"""
