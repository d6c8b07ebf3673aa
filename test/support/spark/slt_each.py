"""How slt.py writes many statements of one form."""
import itertools


def each(template, **choices):
    """The template with every combination of the choices."""
    for values in itertools.product(*choices.values()):
        text = template
        for key, value in zip(choices, values):
            text = text.replace("{" + key + "}", value)
        yield text
