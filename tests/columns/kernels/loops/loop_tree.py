"""The tree that loops are compared with ROOT on: content, and the questions; imported by the script that asks ROOT.

Entry k has n of `a` `i` `g` `o`, m of `b` `j` `v` `q` and the rows of `vv` `qq`, and other numbers of `w` and the rows
of `ww`. `i` and `q` are indices that may be too large, or negative; `j` never is. Not asked is where ROOT reads what
is not there.
"""

from __future__ import annotations

import random
from typing import Any

N_ENTRIES = 30
FIXED: dict[str, tuple[int, ...]] = {"c": (3,), "one": (1,), "k": (2,), "e": (2, 2), "h": (2, 3, 2)}
"""Branches of fixed size."""

COUNTS: dict[str, str] = {"a": "n", "i": "n", "g": "n", "o": "n", "b": "m", "j": "m"}
"""Arrays, with the branch of their length."""

INNER: dict[str, int] = {"g": 3, "o": 1}
"""Numbers in each element of an array of arrays."""

VECTORS: dict[str, str] = {"v": "double", "w": "double", "q": "int"}
NESTED: dict[str, str] = {"vv": "double", "ww": "double", "qq": "int"}
WHOLE = frozenset({"n", "m", "p", "i", "j", "k", "q", "qq"})
"""Branches of integers."""


def entries() -> list[dict[str, Any]]:
    """Make the entries, the same at every call."""
    dice = random.Random(8)
    made = []
    for k in range(N_ENTRIES):
        n, m, rows = dice.randint(0, 4), dice.randint(0, 4), [dice.randint(0, 3) for _ in range(dice.randint(0, 4))]
        entry: dict[str, Any] = {"n": n, "m": m, "p": dice.randint(-1, 3), "s": 100.0 + k}
        entry["a"] = [10.0 * k + place + 1 for place in range(n)]
        entry["i"] = [dice.randint(-1, 4) for _ in range(n)]
        entry["g"] = [[1000.0 * k + 3 * place + other for other in range(3)] for place in range(n)]
        entry["o"] = [[10.0 * k + place + 0.75] for place in range(n)]
        entry["b"] = [5000.0 + 10 * k + place for place in range(m)]
        entry["j"] = [dice.randint(0, max(m - 1, 0)) for _ in range(m)]
        entry["v"] = [k + place + 0.125 for place in range(m)]
        entry["w"] = [10.0 * k + place + 0.5 for place in range(len(rows))]
        entry["q"] = [dice.randint(-1, 3) for _ in range(m)]
        entry["vv"] = [[100.0 * k + 10 * row + place + 0.5 for place in range((row + k) % 4)] for row in range(m)]
        entry["ww"] = [[7000.0 + 100 * k + 10 * row + place for place in range(n)] for row, n in enumerate(rows)]
        entry["qq"] = [[dice.randint(0, 2) for _ in range((row + k) % 4)] for row in range(m)]
        entry["c"] = [0.25 * place + k for place in (1, 2, 3)]
        entry["one"] = [7.0 + k]
        entry["k"] = [dice.randint(0, 2) for _ in range(2)]
        entry["e"] = [[10.0 * k + 2 * row + place for place in range(2)] for row in range(2)]
        entry["h"] = [[[100.0 * k + 6 * x + 2 * y + z for z in range(2)] for y in range(3)] for x in range(2)]
        made.append(entry)
    return made


# expression ; cut
QUESTIONS = """
a[p]
a[i]
b[i]
b[i] ; i >= 0
a + b[i] ; i >= 0
b[i]/a ; i >= 0 && i < m
b[j] + a
b + b[j]
a[Iteration$]
b + a[Iteration$]
a[n-1]
a[n-1] + b
a[2*n-5]
c[p]
c[k]
a[k]
a[c]
a[c[0]]
e[k]
e[k][0]
e[][k]
e[p][]
e[][p]
e[p][p]
e[][j] ; m > 0
c[j]*h ; m > 0
h[][j] ; m > 0
g[i]
g[p]
g[p][]
g[][p]
g[][j]
g[][k]
g[i][1]
h[k]
h[][k]
h[][][k]
v[p]
v[n]
v[q]
v[j]
w[q]
v[Iteration$]
w + v[Iteration$]
v[q] + v
a[i[0]]
a[i[0]] + a
a[int(s)%3]
a[Sum$(a>0)-1]
a[Length$(a)-1]
a[Length$(a)-1-Iteration$] + a
b[Iteration$+1] - b
b[Iteration$+1] - b ; Iteration$ < Length$-1
a[Min$(i)+1]
a[k[0]] + a
c + a[j]
one[i]
one[p]
s ; b[i] > 0
a ; b[i] > 0
a[i] ; a > 20
a[i] ; b > 0
a ; a[i] > 0 || a > 40
Length$(b[i])
Sum$(b[i])
Sum$(b[j])
Sum$(b[i]*(i>=0))
Max$(a[i])
Min$(b[j])
Sum$(a*b[Iteration$])
Alt$(a, -1)
b + Alt$(a, -1)
a + Alt$(b, -1)
b + Alt$(a[0], -1)
Alt$(a[1], 0) + Alt$(a[2], 0)
a + Alt$(c, 5)
c + Alt$(a, 5)
c + Alt$(s, 5)
c + Alt$(a, c[1])
Alt$(a + b, -1) + b
Sum$(Alt$(a, 3) + b)
Alt$(v, -1) + a
Alt$(v[0], -1)
a ; Alt$(b, -1) > 0
vv + Alt$(a, 1)
Alt$(vv, 1) + vv
Alt$(vv, 1) + a
vv + Alt$(ww, 0)
Alt$(a, s)
Alt$(a, n > 2) + b
Alt$(b[i], -1)
MaxIf$(a, i > 0)
MinIf$(a, i > 0)
MaxIf$(a, b > 0)
MinIf$(b, a > 20)
MaxIf$(c, a)
MaxIf$(a, s > 104)
MaxIf$(a, 0)
MaxIf$(s, s > 104)
MaxIf$(v, q > 1)
MinIf$(vv, vv > 100)
b + MaxIf$(a, i > 0)
b ; MaxIf$(a, i > 0) > 0
MaxIf$(Alt$(a, 9), b > 0)
Entry$
LocalEntry$
Entries$
a + Entry$
a ; Entry$ == 3
a ; Entry$ % 2
Sum$(a*(Entry$ > 5))
a[Entry$ % 3]
Length$(a[2])
Length$(e)
Length$(vv)
Length$(1)
Sum$(s)
Sum$(Length$*a)
Sum$(Sum$(a)*b)
Length$(Iteration$)
a ; a == Max$(a)
one ; a
one > 0 ; a
(one > 0)*a
vv[0][q]
vv[0][j]
vv[0][Iteration$]
vv[][Iteration$]
vv + a[j]
vv + a[p]
vv + c[p]
vv + c[j]
vv + v[q]
vv + s
vv + a
vv[0] + a
vv[0] + c
vv[][1] + v
vv[0] + ww
vv + vv[0]
vv + qq
vv ; qq
s ; vv > 200
g + h
g[][1] + h[0]
h[0] + h[1]
h[][0] + h[][1]
h + a
h + g + a
o
o[][0]
o + a
o ; a > 20
a ; o > 20
Sum$(o)
e[1][1] + a
"""


def questions() -> list[tuple[str, str]]:
    """Return the questions: expression and cut."""
    lines = (line.partition(";") for line in QUESTIONS.strip().splitlines())
    return [(expression.strip(), cut.strip()) for expression, _, cut in lines]
