"""Questions that the compact model cannot know the answer of, and what it says to them. Some are kept for measuring."""

ANSWER = "I do not know. I can describe molecules, name them and tell facts that follow from their structure."

_SUBJECTS = ("this molecule", "this compound", "it", "the substance")
_TRAINED = (
    "How much does {} cost?",
    "Where can I buy {}?",
    "Who discovered {}?",
    "When was {} first made?",
    "In which country is {} made?",
    "What dose of {} should I take?",
    "Is {} safe for children?",
    "Can I take {} together with alcohol?",
    "Which company sells {}?",
    "What is the yield of its synthesis from {}?",
    "How do I make {} at home?",
    "Is {} legal where I live?",
    "What does {} taste like?",
    "What is the trade name of {}?",
    "Which clinical trials were done with {}?",
    "What is the price of a gram of {}?",
    "What was the market share of {} last year?",
    "Who owns the patent on {}?",
    "How long can {} be stored?",
    "What colour is {}?",
)
_HELD_OUT = (
    "What would a kilogram of {} cost me?",
    "Who was the first to isolate {}?",
    "Which shops have {}?",
    "May pregnant women take {}?",
    "What does {} smell of?",
    "Is {} on the list of banned substances in sports?",
)
_OTHER_TRAINED = (
    "What is the capital of France?",
    "Who won the last election?",
    "Write a poem about the sea.",
    "What is the weather like today?",
    "How old is the universe?",
    "Tell me a joke.",
    "Which team won the world cup?",
    "What is 17 times 23?",
    "Translate good morning into Spanish.",
    "Who painted the Mona Lisa?",
    "What should I cook tonight?",
    "How do I repair a bicycle?",
    "What is your name?",
    "Which stock should I buy?",
)
_OTHER_HELD_OUT = (
    "What is the capital of Japan?",
    "Write a short story.",
    "Who is the president?",
    "How do I bake bread?",
    "Which film should I watch?",
)


def questions(*, held_out: bool = False) -> list[str]:
    """Questions about a molecule that nothing in the training data answers, or those kept for measuring."""
    return [one.format(subject) for one in (_HELD_OUT if held_out else _TRAINED) for subject in _SUBJECTS]


def other_questions(*, held_out: bool = False) -> list[str]:
    """Questions about something else."""
    return list(_OTHER_HELD_OUT if held_out else _OTHER_TRAINED)
