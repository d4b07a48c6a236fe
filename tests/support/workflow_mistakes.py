"""A definition of a workflow, and every kind of mistake that can be made in it.

Of each: what is right, what is written in its place, and how the sentence about it begins.
"""

GOOD = """
title = "Notes"

[inputs.topic]

[[steps]]
name = "notes"
prompt = "Take notes on {inputs.topic}."
[steps.output_schema]
type = "object"
required = ["title"]
properties = { title = { type = "string" }, mood = { type = "string" } }

[[steps]]
name = "ok"
kind = "approval"
prompt = "May {steps.notes.title} go out?"

[[steps]]
name = "final"
prompt = "Write up {steps.notes}."
needs = ["notes", "ok"]

[outputs]
title = "notes.title"
final = "final"
"""

ONE_MISTAKE = {
    "a field that is not known": ('title = "Notes"', 'titel = "Notes"', "there is no field 'titel'"),
    "a field that nothing resembles": (
        'kind = "approval"',
        'kind = "approval"\nx = 1',
        "step 'ok': there is no field 'x'",
    ),
    "a setting of a model on a question to a person": (
        'kind = "approval"',
        'kind = "approval"\nsystem = "Be nice."',
        "step 'ok': there is no field 'system'",
    ),
    "a bound of another type": (
        "[inputs.topic]",
        "[inputs.topic]\nmaximum = 5",
        "input 'topic': there is no field 'maximum'",
    ),
    "a bound of what has none": (
        "[inputs.topic]",
        '[inputs.topic]\ntype = "boolean"\nminimum = 0',
        "input 'topic': there is no field 'minimum'",
    ),
    "a text that is a date": ('title = "Notes"', "title = 2026-01-02", "title: must be a text"),
    "a number that is a truth": (
        'name = "final"',
        'name = "final"\nretries = true',
        "step 'final': retries: must be a",
    ),
    "a step without a prompt": ('prompt = "Write up {steps.notes}."\n', "", "step 'final': prompt: is missing"),
    "a kind that is not known": ('"approval"', '"aproval"', "step 'ok': kind: must be prompt or approval"),
    "a type that is not known": (
        "[inputs.topic]",
        '[inputs.topic]\ntype = "text"',
        "input 'topic': type: must be one of string, integer",
    ),
    "needs that are no list": ('["notes", "ok"]', '"notes"', "step 'final': needs: must be a list of texts"),
    "needs that are no names": (
        '["notes", "ok"]',
        '["notes", "ok", 5]',
        "step 'final': needs: must be a list of texts",
    ),
    "an output that is no text": ('final = "final"', 'final = "final"\nx = ["ok"]', "output x: must be a text"),
    "a name of an input": ("topic", "Topic", "input 'Topic': the name must be a small letter, then"),
    "a name of an output": (
        'final = "final"',
        '"fin al" = "final"',
        "output 'fin al': the name must be a small letter, then",
    ),
    "an empty prompt": ('"Write up {steps.notes}."', '" "', "step 'final': prompt: must not be empty"),
    "a long prompt": ("Write up", "x" * 50_000, "step 'final': prompt: must have at most 50,000 char"),
    "a character that cannot be stored": (
        "Write",
        "Write\\u0000",
        "step 'final': prompt: must not contain the character NUL",
    ),
    "a broken template": ("{inputs.topic}", "{inputs.topic", "step 'notes': prompt: line 1 has a single {"),
    "a template that names nothing": (
        "{steps.notes}.",
        "{steps.notes} {notes}.",
        "step 'final': prompt: line 1 has '{notes}', which names nothing",
    ),
    "an input that is not known": (
        "on {inputs.topic}",
        "on {inputs.topic} {inputs.topik}",
        "step 'notes': there is no input 'topik'; did you mean 'topic'?",
    ),
    "a step that is not known": (
        '"notes", "ok"',
        '"notes", "ok", "finale"',
        "step 'final': there is no step 'finale'; did you mean 'final'?",
    ),
    "a step that is not known in a prompt": (
        "{steps.notes.title} go",
        "{steps.notes.title} {steps.xyz.a} go",
        "step 'ok': there is no step 'xyz'",
    ),
    "an output of a step that is not known": (
        'final = "final"',
        'final = "final"\nx = "y"',
        "output 'x': there is no step 'y'",
    ),
    "a field of an input": (
        "{inputs.topic}",
        "{inputs.topic.title}",
        "step 'notes': {inputs.topic.title} looks for the field 'title' in what",
    ),
    "a field of a text": (
        "{steps.notes}.",
        "{steps.notes} {steps.ok.comment.x}.",
        "step 'final': {steps.ok.comment.x} looks for the field 'x' in what",
    ),
    "a field that is not there": (
        "{steps.notes.title}",
        "{steps.notes.titel}",
        "step 'ok': {steps.notes.titel} looks for the field 'titel', which the output_schema",
    ),
    "a field that may not be there": (
        "{steps.notes.title}",
        "{steps.notes.mood}",
        "step 'ok': {steps.notes.mood} looks for the field 'mood'",
    ),
    "needs that do not agree with the prompt": ('["notes", "ok"]', '["ok"]', "step 'final': needs: must name 'notes'"),
    "needs that repeat": ('["notes", "ok"]', '["notes", "ok", "notes"]', "step 'final': needs: names 'notes' twice"),
    "a circle": (
        "{inputs.topic}",
        "{inputs.topic} {steps.ok.comment}",
        "the steps wait for one another in a circle: notes → ok → notes",
    ),
    "a step that needs itself": (
        '["notes", "ok"]',
        '["notes", "ok", "final"]',
        "the steps wait for one another in a circle: final → final",
    ),
    "an input that nothing uses": (
        "[inputs.topic]",
        "[inputs.topic]\n[inputs.mood]",
        "input 'mood': no prompt uses it",
    ),
    "an input that is not put in": ("{inputs.topic}", "{{inputs.topic}}", "input 'topic': no prompt uses it"),
    "a step that nothing needs": ('["notes", "ok"]', '["notes"]', "step 'ok': no step needs it"),
    "retries": ('name = "final"', 'name = "final"\nretries = 11', "step 'final': retries: must be from 0 to 10"),
    "fewer than no retries": (
        'name = "final"',
        'name = "final"\nretries = -1',
        "step 'final': retries: must be from 0 to 10",
    ),
    "a temperature": (
        'name = "final"',
        'name = "final"\ntemperature = nan',
        "step 'final': temperature: must be from 0 to 2",
    ),
    "max_tokens": (
        'name = "final"',
        'name = "final"\nmax_tokens = 0',
        "step 'final': max_tokens: must be from 1 to 1,000,000",
    ),
    "a model": ('name = "final"', 'name = "final"\nmodel = ""', "step 'final': model: must not be empty"),
    "a schema that is not JSON": (
        'type = "object"',
        'type = "object"\ndefault = 2026-01-02',
        "step 'notes': output_schema: must be made of what JSON has",
    ),
    "a schema that refers to another": (
        'type = "object"',
        'type = "object"\nallOf = [{ "$ref" = "#/$defs/x" }]',
        "step 'notes': output_schema: refers to '#/$defs/x', which is not in it",
    ),
    "a schema elsewhere": (
        'type = "object"',
        'type = "object"\nnot = { "$ref" = "x.json" }',
        "step 'notes': output_schema: refers to 'x.json', which is not in it",
    ),
    "a long schema": (
        'type = "object"',
        'type = "object"\ntitle = "' + "x" * 20_000 + '"',
        "step 'notes': output_schema: must have at most",
    ),
    "a default of another type": (
        "[inputs.topic]",
        "[inputs.topic]\ndefault = 5",
        "input 'topic': default: must be a text",
    ),
    "a default out of bounds": (
        "[inputs.topic]",
        '[inputs.topic]\ndefault = "abc"\nmax_length = 2',
        "input 'topic': default: must have 0 to 2 characters, not 3",
    ),
    "bounds out of order": (
        "[inputs.topic]",
        "[inputs.topic]\nmin_length = 5\nmax_length = 2",
        "input 'topic': its lower bound, 5, is above",
    ),
    "a bound too large": (
        "[inputs.topic]",
        "[inputs.topic]\nmax_length = 100_001",
        "input 'topic': its bounds must be from 0 to 100,000",
    ),
    "a bound in halves": (
        "[inputs.topic]",
        "[inputs.topic]\nmax_length = 1.5",
        "input 'topic': its bounds must be whole numbers",
    ),
}
WITH_CONSEQUENCES = {
    "a name of a step that is no text": ('name = "ok"', "name = 5", "step number 2: name: must be a text"),
    "a step without a name": ('name = "ok"\n', "", "step number 2: name: is missing"),
    "an input that is no table": ("[inputs.topic]", '[inputs]\ntopic = "text"', "inputs.topic: must be a table"),
    "two steps of one name": ('name = "ok"', 'name = "final"', "step 'final': there are 2 of this name"),
    "no outputs": ('[outputs]\ntitle = "notes.title"\nfinal = "final"\n', "", "there must be 1 to 50 outputs, not 0"),
    "an output that is a field that is not there": (
        '"notes.title"',
        '"notes.titl.e"',
        "output 'title': {steps.notes.titl.e} looks for the field 'titl'",
    ),
    "a schema that is no object": (
        'type = "object"',
        'type = "array"',
        "step 'notes': output_schema: must describe an object: type = \"object\"",
    ),
}
