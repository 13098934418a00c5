#!/usr/bin/env python3
"""Computes a selection's draw again, by protocol lotus-draw-1, from what is published and nothing else.

    curl -s https://HOST/api/v1/selections/NUMBER | python3 verify.py

Says for each round what it found. Ends with 0 where every revealed round holds, with 1 where one does not.
Written from the published description (host/domain/src/intermediary/draw.md); the standard library only.
"""

import hashlib
import json
import sys


def sha256(*lines):
    return hashlib.sha256("".join(line + "\n" for line in lines).encode("ascii")).hexdigest()


def check(identifier, r, way, bidders):
    """What is wrong with a round, and who is drawn."""
    wrong = []
    where = f"{identifier} {r['round']}"
    seed, said = r["seed"], lambda text: text or "-"
    if sha256("lotus-draw-1 commit", where, seed) != r["commitment"]:
        wrong.append("the seed does not give the commitment")
    codes = [entrant["code"] for entrant in r["entrants"]]
    if codes != sorted(set(codes)):
        wrong.append("the entrants do not stand in their order")
    known = {bidder["code"]: bidder for bidder in bidders}
    if r["failed"] is None:
        able = {code: b for code, b in known.items() if b["excluded"] is None}
        if way == "draw":
            wanted = set(able)
        elif way == "lowest-quote":
            lowest = min(b["quote"] for b in able.values())
            wanted = {code for code, b in able.items() if b["quote"] == lowest}
        else:
            best = sorted(b["points"] for b in able.values())
            last = best[9] if len(best) > 9 else best[-1]
            wanted = {code for code, b in able.items() if b["points"] <= last}
        if set(codes) != wanted:
            wrong.append("the entrants are not those whom the way of selection gives")
        if any(known[e["code"]]["contribution"] != e["contribution"] for e in r["entrants"] if e["code"] in known):
            wrong.append("a contribution is not the bidder's")
    lines = [f"{e['code']} {said(e['contribution'])}" for e in r["entrants"]]
    listed = sha256("lotus-draw-1 list", where, f"owner {said(r['owner'])}", *lines)
    if listed != r["list_hash"]:
        wrong.append("the list does not give its hash")
    key = sha256("lotus-draw-1 key", where, seed, listed)
    if key != r["key"]:
        wrong.append("the key is another")
    left, drawn, turns, counter = list(codes), [], [], 0
    while left and len(drawn) < r["places"]:
        digits = sha256("lotus-draw-1 number", key, str(counter))[:16]
        x, n = int(digits, 16), len(left)
        index = None if x >= 2**64 - 2**64 % n else x % n
        winner = None if index is None else left.pop(index)
        turns.append({"counter": counter, "number": digits, "among": n, "index": index, "drawn": winner})
        drawn += [winner] if winner else []
        counter += 1
    if turns != r["turns"]:
        wrong.append("the numbers are others")
    if drawn != r["winners"]:
        wrong.append("others are drawn: " + " ".join(drawn))
    return wrong, drawn


def main():
    selection = json.load(sys.stdin)
    failed, last = False, []
    for r in selection["rounds"]:
        if r["seed"] is None:
            print(f"round {r['round']}: not revealed")
            continue
        wrong, last = check(selection["number"], r, selection["way"], selection["bidders"])
        failed = failed or bool(wrong)
        print(f"round {r['round']}: " + ("; ".join(wrong) or "holds: " + " ".join(last)))
    if last and selection["way"] in ("draw", "lowest-quote") and selection["chosen"] != last[0]:
        failed = True
        print("selected is another than was drawn")
    if last and selection["way"] == "credit-first" and selection["short_list"] != last:
        failed = True
        print("the short list is another than was drawn")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
