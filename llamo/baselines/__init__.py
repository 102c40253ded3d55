"""What a model is compared with: answers copied from similar training examples, and any chat endpoint.

Importing this is cheap: RDKit and the client of endpoints load when they are first used. See docs/baselines.md.
"""
