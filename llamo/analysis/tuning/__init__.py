"""What is instruction tuning worth, and in which form: questions, conversations, or examples in the prompt."""
