#!/usr/bin/env python3
"""Writes executor/routines/collation-tailorings-data.ts: what languages have otherwise than the root order of Unicode, as the ICU of Spark has it (needs pyspark).

Left out, and so not built: languages that have other scripts first, capitals first, accents from the end, or more letters of their own than are worth it.
"""
import base64
import bisect
import json
import os
import zlib

from pyspark.sql import SparkSession

from collation_elements import ROOT, WIDTH, code_points, elements, ranks_of, root_elements

TARGET = os.path.join(ROOT, 'executor', 'routines', 'collation-tailorings-data.ts')
MOST_TEXTS = 3000


def has_settings(collator):
    return (
        len(collator.getReorderCodes()) > 0
        or collator.isFrenchCollation()
        or collator.isUpperCaseFirst()
        or collator.isLowerCaseFirst()
        or collator.isAlternateHandlingShifted()
        or collator.isCaseLevel()
        or collator.getNumericCollation()
    )


def texts_of(icu, collator, root):
    normal = icu.text.Normalizer2.getNFDInstance()
    texts = set()

    def add(characters):
        texts.update(normal.normalize(chr(cp)) for cp in code_points(characters))
        texts.update(normal.normalize(str(text)) for text in characters.strings())

    tailored = collator.getTailoredSet()
    if tailored.size() > MOST_TEXTS:
        return None
    add(tailored)
    contracted, expanded = icu.text.UnicodeSet(), icu.text.UnicodeSet()
    collator.getContractionsAndExpansions(contracted, expanded, False)
    texts.update(normal.normalize(str(text)) for text in contracted.strings())
    if 'suppressContractions' in collator.getRules():
        of_root = icu.text.UnicodeSet()
        root.getContractionsAndExpansions(of_root, icu.text.UnicodeSet(), False)
        texts.update(str(text) for text in of_root.strings())
    return sorted(texts)


def main():
    spark = SparkSession.builder.master('local[1]').config('spark.ui.enabled', 'false').getOrCreate()
    spark.sparkContext.setLogLevel('OFF')
    icu, factory = spark._jvm.com.ibm.icu, spark._jvm.org.apache.spark.sql.catalyst.util.CollationFactory
    root = icu.text.Collator.getInstance(icu.util.ULocale.ROOT)
    known = root_elements(icu)
    ranks = ranks_of(*known)
    of_root = dict(known[0])
    plain = [sorted(level) for level in ranks]
    names = [row[2] for row in spark.sql('select * from collations()').collect() if '_' not in row[2] or row[2].split('_')[-1] not in ('CI', 'AI', 'RTRIM')]
    made, left_out, same = {}, [], []
    for name in names:
        if name.startswith('UTF8') or name == 'UNICODE':
            continue
        collator = factory.fetchCollation(name).getCollator()
        texts = None if has_settings(collator) else texts_of(icu, collator, root)
        if texts is None:
            left_out.append(name)
            continue
        found = [(text, elements(collator, text)) for text in texts]
        found = [(text, those) for text, those in found if those != of_root.get(text, elements(root, text))]
        if not found:
            same.append(name)
            continue
        own = [sorted({e[level] for _, those in found for e in those} - set(ranks[level])) for level in range(3)]
        place = [{**ranks[level], **{weight: -1 - i for i, weight in enumerate(own[level])}} for level in range(3)]
        made[name] = {
            'bases': [[bisect.bisect(plain[level], weight) - 1 for weight in own[level]] for level in range(3)],
            'texts': [[text, [[*(place[level][e[level]] for level in range(3)), e[3]] for e in those]] for text, those in found],
        }
        print(name, len(found), [len(weights) for weights in own], flush=True)
    print('left out:', *left_out)
    print('in root order:', *same)
    data = base64.b64encode(zlib.compress(json.dumps(made, ensure_ascii=False, separators=(',', ':')).encode(), 9)).decode()
    lines = '\n'.join(data[k : k + WIDTH] for k in range(0, len(data), WIDTH))
    with open(TARGET, 'w') as file:
        file.write('/*\n * Written by test/support/spark/collation_tailorings.py: what languages have otherwise than the root order of Unicode\n')
        file.write(' * (Unicode licence v3, unicode.org/license.txt), compressed; `collation-tailorings.ts` reads them.\n */\n')
        file.write(f'export const TAILORINGS_DATA = `\n{lines}\n`\n')
    print('as they are built:', *made)


if __name__ == '__main__':
    main()
