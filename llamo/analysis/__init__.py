"""What LLaMo's parts do, measured: findings with a figure, an uncertainty and a verdict on the paper's claim each."""
