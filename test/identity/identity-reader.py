# Reads sketches of identities, one a line, as docs/identity-format.md describes them and with nothing
# but Python's standard library: a second implementation, to see that the document is enough.
# Prints for each line "good ESTIMATE" or the reason why not.
import hashlib, json, re, sys, unicodedata

KEYS = ["stampmill", "version", "algorithm", "k", "id", "beacon", "largest", "hashes"]

def printable(text, longest):
    visible = all(c == " " or unicodedata.category(c)[0] not in "CZ" for c in text)
    size = len(text.encode("utf-8", "surrogatepass"))
    return visible and size <= longest and text == text.strip() == unicodedata.normalize("NFC", text)

def message(head, nonce):
    return (head + ":" + nonce[:16]).ljust(120, "0") + nonce[16:24] + nonce[24:].rjust(55, "0")

def read(line):
    try:
        o = json.loads(line)
        if json.dumps(o, separators=(",", ":")) != line or list(o) != KEYS or len(line) > 65536:
            return "malformed"
        fixed = (o["stampmill"], o["version"]) == ("identity", 1) and o["algorithm"] in ("sha1", "sha256")
        whole = type(o["k"]) is int and 16 <= o["k"] <= 1024 and type(o["version"]) is int
        texts = o["id"] != "" and printable(o["id"], 2048) and printable(o["beacon"], 1024)
        pairs = len(o["hashes"]) > 0 and all(type(n) is str and type(t) is int for n, t in o["hashes"])
        if not (fixed and whole and texts and pairs):
            return "malformed"
    except (ValueError, TypeError, KeyError):
        return "malformed"
    if len(o["hashes"]) > o["k"]:
        return "count"
    lines = f"stampmill identity 1\nalgorithm {o['algorithm']}\nk {o['k']}\nid {o['id']}\nbeacon {o['beacon']}\n"
    head = "stampmill identity 1 " + hashlib.sha256(lines.encode()).hexdigest()
    seen, last = set(), ""
    for nonce, time in o["hashes"]:
        if not re.fullmatch("[0-9A-Za-z+/]{26}", nonce) or not 0 <= time <= 253402300799:
            return "nonce"
        if nonce in seen:
            return "repeated"
        digest = hashlib.new(o["algorithm"], message(head, nonce).encode()).hexdigest()
        if digest <= last:
            return "order"
        seen.add(nonce)
        last = digest
    if o["largest"] != last:
        return "largest"
    full = len(o["hashes"]) == o["k"]
    return f"good {(o['k'] - 1) / (int(last, 16) / 16 ** len(last)) if full else len(o['hashes'])}"

for line in sys.stdin:
    print(read(line.rstrip("\n")))
