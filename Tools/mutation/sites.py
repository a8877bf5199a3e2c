"""Finds the places of a Swift source where a mutant is possible, and the code that takes the place of the original.

The code has a switch, so that one build serves all mutants: `a < b` becomes `a ^%^ b`, with an operator that is `<` or, when the
mutant is on, `<=`. The functions are those of Mutants.swift. What follows relies on the formatter: one statement to a line, spaces
around operators, and the opening brace at the end of a condition.
"""

import dataclasses
import re

# How often a kind is drawn in relation to the others.
WEIGHTS = {
    "statement": 3, "condition": 3, "comparison": 3, "constant": 2, "guard": 1, "logic": 1, "arithmetic": 1, "result": 1, "minmax": 1,
}
COMPARISONS = {"<": ["<=", ">"], "<=": ["<", ">"], ">": [">=", "<"], ">=": [">", "<"], "==": ["!="], "!=": ["=="]}
DECLARATION = re.compile(r"\b(func|extension|struct|class|enum|protocol|init|typealias|associatedtype|subscript|operator)\b")
# What a removable statement cannot begin with.
KEYWORDS = re.compile(
    r"(return|let|var|guard|if|for|while|switch|case|default|throw|func|init|import|struct|class|enum|extension|private|static|public"
    r"|internal|fileprivate|else|final|repeat|do|catch|mutating|break|continue|defer|fallthrough|lazy|weak|override|indirect|where|in"
    r"|typealias|yield|discard)\b|self\.\w+ = |[@#}\])]")
STATEMENT = re.compile(
    r"^(\s+(?:(?:case .*[^:]|default): )?)((?:try )?(?:_ = )?[A-Za-z_][\w.?!\[\]+\- ]*(?:\(.*\)| (?:=|[-+&|]=|<<=|>>=|&[-+]=) .*))$")


@dataclasses.dataclass(frozen=True)
class Site:
    """A possible mutant. `{n}` in its code stands for its number, `{op}` for the operator made of that number."""

    file: str  # relative to the package
    line: int  # from 1
    start: int
    end: int
    kind: str
    was: str
    becomes: str
    code: str
    operator: str = ""  # the kind of declaration that `{op}` needs

    @property
    def folder(self):
        return self.file.split("/")[1]


def operator_name(number):
    """A Swift operator for each number: no digit is allowed in one."""
    digits = ""
    while number:
        number, digit = divmod(number, 3)
        digits = "^%~"[digit] + digits
    return f"^{digits}^"


def declaration(site, name, number):
    """The Swift declaration of a site's own operator."""
    choice = f"isOn({number}) ? left {site.becomes} right : left {site.was} right"
    if site.operator == "logic":
        precedence = "LogicalConjunctionPrecedence" if site.was == "&&" else "LogicalDisjunctionPrecedence"
        return (f"infix operator {name}: {precedence}\n"
                f"public func {name} (left: Bool, right: @autoclosure () throws -> Bool) rethrows -> Bool {{\n"
                f"    isOn({number}) ? try left {site.becomes} right() : try left {site.was} right()\n}}\n")
    protocol, precedence, result = {
        "equality": ("Equatable", "ComparisonPrecedence", "Bool"),
        "order": ("Comparable", "ComparisonPrecedence", "Bool"),
        "arithmetic": ("AdditiveArithmetic", "AdditionPrecedence", "T"),
    }[site.operator]
    return (f"infix operator {name}: {precedence}\n"
            f"public func {name} <T: {protocol}>(left: T, right: T) -> {result} {{ {choice} }}\n")


def masked(text):
    """The source with each character of comments replaced by a space, and of strings by a quotation mark."""
    out = []
    position = 0
    token = re.compile(r'//[^\n]*|/\*.*?\*/|#*"""|#*"(?:\\.|[^"\\\n])*"#*', re.S)
    while match := token.search(text, position):
        out.append(text[position : match.start()])
        end = match.end()
        filler = " " if match[0].startswith("/") else '"'
        if match[0].endswith('"""'):
            end = text.index('"""', end) + 3
        elif filler == '"':
            end = end_of_string(text, match.start())
        out.append(re.sub(r"[^\n]", filler, text[match.start() : end]))
        position = end
    return "".join(out) + text[position:]


def end_of_string(text, start):
    """Where the string that begins here ends; an interpolation may contain strings."""
    depth = 0
    position = start + 1
    while True:
        character = text[position]
        if character == "\\" and text[position + 1] == "(":
            depth += 1
            position += 1
        elif character == "\\":
            position += 1
        elif depth and character in "()":
            depth += 1 if character == "(" else -1
        elif character == '"' and depth:
            position = end_of_string(text, position) - 1
        elif character == '"':
            return position + 1
        position += 1


def is_balanced(code):
    return all(code.count(left) == code.count(right) for left, right in ("()", "[]", "{}"))


def conditions(code):
    """The conditions of a line: whether they are a guard's, start, end."""
    for match in re.finditer(r"(?<![\w.])(if|guard|while) ", code):
        depth = 0
        start = position = match.end()
        while position < len(code):
            character = code[position]
            if character in "([":
                depth += 1
            elif character in ")]":
                depth -= 1
            closes = depth == 0 and code.startswith((" {", " else {"), position)
            if depth < 0 or closes or (depth == 0 and character == ","):
                text = code[start:position]
                begin = start + len(text) - len(text.lstrip())
                if depth == 0 and not re.match(r"\s*(let|var|case|#|try|await)\b|\s*$", text) and " try " not in text:
                    yield match[1] == "guard", begin, position
                start = position + 1
                if depth < 0 or closes:
                    break
            position += 1


def sites(file, text, random):
    """All sites of a source; where a change has alternatives, `random` chooses."""
    lines, codes = text.split("\n"), masked(text).split("\n")
    previous = ""
    for index, (line, code) in enumerate(zip(lines, codes)):
        if not code.strip():
            continue
        following = next((later.strip() for later in codes[index + 1 :] if later.strip()), "")
        before, previous = previous, code.strip()
        if code.startswith("import ") or re.match(r"\s*(@\w|#|indirect |precedencegroup)", code):
            continue
        for start, end, kind, becomes, replacement, *operator in line_sites(line, code, before, following, random):
            yield Site(file, index + 1, start, end, kind, line[start:end], becomes, replacement, *operator)


def line_sites(line, code, before, following, random):
    if not DECLARATION.search(code):
        for match in re.finditer(r"(?<= )(<=|>=|==|!=|<|>)(?= (?!nil\b))", code):
            order = "equality" if match[1] in ("==", "!=") else "order"
            yield *match.span(), "comparison", random.choice(COMPARISONS[match[1]]), "{op}", order
        for match in re.finditer(r"(?<= )(&&|\|\|)(?= )", code):
            yield *match.span(), "logic", "||" if match[1] == "&&" else "&&", "{op}", "logic"
        for match in re.finditer(r"(?<=[\w)\]] )([+-])(?= [\w(])", code):
            if not code.startswith(" [", match.end()):
                yield *match.span(), "arithmetic", "-" if match[1] == "+" else "+", "{op}", "arithmetic"
    if not re.match(r"\s*(case|enum)\b", code) and not re.search(r"InlineArray<|\d of ", code):
        for match in re.finditer(r'(?<![\w$"])(0x[0-9A-Fa-f_]+|\d[\d_]*)(?![\w."]|\.\d)', code):
            ahead = code[: match.start()]
            if not ahead.endswith(".") or ahead.endswith(("...", "..<")):
                up = int(match[1].replace("_", ""), 0) == 0 or random.random() < 0.6
                yield (*match.span(), "constant", f"{match[1]} {'+' if up else '-'} 1",
                       "changed({n}, " + f"{match[1]}, by: 1, up: {str(up).lower()})")
    for is_guard, start, end in conditions(code):
        text = line[start:end]
        yield start, end, "condition", f"!({text})", "negated({n}, " + text + ")"
        if is_guard:
            yield start, end, "guard", "true", "(isOn({n}) || (" + text + "))"
    for match in re.finditer(r"\breturn (true|false)$|(?:-> Bool|: Bool) \{ ([^{}]+) \}$", code):
        span = match.span(1) if match[1] else match.span(2)
        text = line[slice(*span)]
        if not re.match(r"(return|get|try|await|switch|if)\b", text):
            yield *span, "result", f"!({text})", "negated({n}, " + text + ")"
    for match in re.finditer(r"(?<![\w.])(min|max)(\()(?!\))", code):
        if not DECLARATION.search(code):
            least = match[1] == "min"
            yield (*match.span(), "minmax", "max(" if least else "min(", ("least" if least else "greatest") + "({n}, ")
    match = STATEMENT.match(code)
    # The line is a whole statement: the one before has ended or opens a block, the next does not continue it.
    if (match and is_balanced(match[2]) and not KEYWORDS.match(match[2])
            and (before.endswith(("{", "}", ":")) or (is_balanced(before) and re.search(r'[\w)\]"?!]$', before)))
            and not re.match(r"[.?:&|+\-*/<>=]", following)):
        text = line[slice(*match.span(2))]
        yield *match.span(2), "statement", "removed", "if !isOn({n}) { " + text + " }"

