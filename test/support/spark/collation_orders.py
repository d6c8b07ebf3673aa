#!/usr/bin/env python3
"""Writes test/data/spark/collations.json: random texts of many scripts in the order in which the collations of Spark have them (needs pyspark)."""
import json
import os
import random

from pyspark.sql import SparkSession

TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'data', 'spark', 'collations.json')
NAMES = ['UTF8_LCASE', 'UNICODE', 'UNICODE_CI', 'UNICODE_AI', 'UNICODE_CI_AI']
CHARACTERS = list('abcABCzZ019 -_.,!\'"()äÄéÉßẞøØœŒæÆıİiIñÑçÇłŁđðþ½²ﬁⅧⅷ①ａＡ㋀㍿가각각がかカヵｶﾞ゙ー中国一丁𠀀㐀豈アйиЙёеσςΣάαὰжЖاأبאבּกเแโກເकक्ाেোཀཱིៀ😀l·ŀĿǆǅǄﷺ℡々〆') + [
    '\u0301', '\u0308', '\u0323', '\u0302', '\u0327', '\u0307', '\u0345', '\u20dd', '\u0306', '\u200d', '\u00ad', '\t', '\n', '\u0000', '\u00a0', '\ufffd', '\uffff', '\ufffe', '\u0378', '\ue000',
]


def main():
    spark = SparkSession.builder.master('local[1]').config('spark.ui.enabled', 'false').getOrCreate()
    draw = random.Random(11)
    texts = ['', *CHARACTERS]
    texts += [''.join(draw.choice(CHARACTERS) for _ in range(draw.randint(1, 6))) for _ in range(900)]
    texts = list(dict.fromkeys(texts))
    factory = spark._jvm.org.apache.spark.sql.catalyst.util.CollationFactory
    text_of = spark._jvm.org.apache.spark.unsafe.types.UTF8String.fromString
    ranks = {}
    for name in NAMES:
        number = factory.collationNameToId(name)
        keys = [bytes(factory.getCollationKeyBytes(text_of(text), number)) for text in texts]
        place = {key: i for i, key in enumerate(sorted(set(keys)))}
        ranks[name] = [place[key] for key in keys]
    with open(TARGET, 'w') as file:
        json.dump({'texts': texts, 'ranks': ranks}, file, ensure_ascii=True, separators=(',', ':'))
        file.write('\n')


if __name__ == '__main__':
    main()
