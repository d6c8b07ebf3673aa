#!/usr/bin/env python3
"""Writes executor/routines/collation-data.ts: the collation elements of the root order of Unicode, as the ICU of Spark has them (needs pyspark).

What is left out: characters that decompose (their parts are there), ideographs (in the order of Node's ICU) and what is not assigned (by its number).
"""
import base64
import os
import zlib

from pyspark.sql import SparkSession

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..')
TARGET = os.path.join(ROOT, 'executor', 'routines', 'collation-data.ts')
CHARACTERS = '[[:^Cn:]-[:Co:]-[:Cs:]-[:Unified_Ideograph:]-[:Hangul_Syllable_Type=LV:]-[:Hangul_Syllable_Type=LVT:]]'
WIDTH = 2000


def elements(collator, text):
    """The elements of a text: primary, secondary and tertiary weight, and 0 to 2 for small, mixed and capital."""
    found, it = [], collator.getCollationElementIterator(text)
    orders = []
    while (order := it.next()) != -1:
        orders.append(order & 0xFFFFFFFF)
    while orders:
        first = orders.pop(0)
        # The second half of a long element has both bits set.
        second = orders.pop(0) if orders and orders[0] & 0xC0 == 0xC0 else 0
        primary = first & 0xFFFF0000 | second >> 16
        secondary = (first >> 8 & 0xFF) << 8 | second >> 8 & 0xFF
        tertiary = (first & 0x3F) << 8 | second & 0x3F
        found.append((primary, secondary, tertiary, first >> 6 & 3))
    return found


def varint(out, value):
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def signed(out, value):
    varint(out, value * 2 if value >= 0 else -value * 2 - 1)


def code_points(characters):
    for i in range(characters.getRangeCount()):
        yield from range(characters.getRangeStart(i), characters.getRangeEnd(i) + 1)


def root_elements(icu):
    """The elements of all texts that have some of their own, and the code points of ideographs by their primary weights."""
    collator = icu.text.Collator.getInstance(icu.util.ULocale.ROOT)
    normal = icu.text.Normalizer2.getNFDInstance()
    contracted, expanded = icu.text.UnicodeSet(), icu.text.UnicodeSet()
    collator.getContractionsAndExpansions(contracted, expanded, True)
    texts = [chr(cp) for cp in code_points(icu.text.UnicodeSet(CHARACTERS)) if normal.isNormalized(chr(cp))]
    several = contracted.strings()
    texts += sorted((str(text) for text in several), key=lambda text: [ord(c) for c in text])
    known = [(text, elements(collator, text)) for text in texts]
    ideographs = code_points(icu.text.UnicodeSet('[:Unified_Ideograph:]'))
    return known, {elements(collator, chr(cp))[0][0]: cp for cp in ideographs}


def ranks_of(known, ideographs):
    """The places of weights among all of their level, of primary ones without those of ideographs."""
    every = [element for _, found in known for element in found]
    ranks = [{weight: rank for rank, weight in enumerate(sorted({e[level] for e in every} | {0}))} for level in range(3)]
    ranks[0] = {weight: rank for rank, weight in enumerate(sorted({e[0] for e in every if e[0] not in ideographs} | {0}))}
    return ranks


def main():
    spark = SparkSession.builder.master('local[1]').config('spark.ui.enabled', 'false').getOrCreate()
    write(*root_elements(spark._jvm.com.ibm.icu))


def write(known, ideographs):
    every = [element for _, found in known for element in found]
    ranks = ranks_of(known, ideographs)
    plain = list(ranks[0])
    # What an ideograph counts for is its number behind all ranks, as the data does not have their order.
    ranks[0].update({weight: len(plain) + cp for weight, cp in ideographs.items()})
    kinds = sorted({(ranks[1][s], ranks[2][t], c) for _, s, t, c in every})
    out = bytearray()
    varint(out, len(kinds))
    for kind in kinds:
        for part in kind:
            varint(out, part)
    varint(out, len(plain))
    # The rank of 0, which begins what bytes alone do not.
    varint(out, ranks[0][next(e[0] for t, found in known if t == '0' for e in found)])
    i, last, primary = 0, 0, 0
    while i < len(known):
        text, found = known[i]
        length = 1
        if len(text) == 1 and len(found) == 1 and found[0][0]:
            start = ranks[0][found[0][0]]
            while i + length < len(known):
                then, its = known[i + length]
                if len(then) > 1 or ord(then) != ord(text) + length or len(its) != 1 or its[0][1:] != found[0][1:]:
                    break
                if ranks[0][its[0][0]] != start + length:
                    break
                length += 1
        varint(out, len(text))
        for character in text:
            signed(out, ord(character) - last)
            last = ord(character)
        varint(out, length)
        last += length - 1
        varint(out, len(found))
        for p, s, t, c in found:
            signed(out, ranks[0][p] - primary)
            primary = ranks[0][p]
            varint(out, kinds.index((ranks[1][s], ranks[2][t], c)))
        primary += length - 1
        i += length
    data = base64.b64encode(zlib.compress(bytes(out), 9)).decode()
    lines = '\n'.join(data[k : k + WIDTH] for k in range(0, len(data), WIDTH))
    with open(TARGET, 'w') as file:
        file.write('/*\n * Written by test/support/spark/collation_elements.py: the collation elements of the root order of Unicode\n')
        file.write(' * (Unicode licence v3, unicode.org/license.txt), compressed; `collation-elements.ts` reads them.\n */\n')
        file.write(f'export const COLLATION_DATA = `\n{lines}\n`\n')


if __name__ == '__main__':
    main()
