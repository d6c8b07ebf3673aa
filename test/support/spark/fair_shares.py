"""Writes to standard output what Spark's fair scheduling says of pairs of pools, of which each has tasks that run, a least share and a weight:
who comes first, whatever they are called. `python fair_shares.py > test/data/spark/fair-shares.json`"""
import json
import random

from pyspark import SparkContext

context = SparkContext("local[1]", "fair shares")
jvm = context._jvm
new_array = context._gateway.new_array
made_by = jvm.java.lang.Class.forName("org.apache.spark.scheduler.FairSchedulingAlgorithm").getDeclaredConstructor(
    new_array(jvm.java.lang.Class, 0)
)
algorithm = made_by.newInstance(new_array(jvm.java.lang.Object, 0))


def pool(name, running, least, weight):
    of = jvm.org.apache.spark.scheduler.Pool(name, jvm.org.apache.spark.scheduler.SchedulingMode.FAIR(), least, weight)
    of.increaseRunningTasks(running)
    return of


def first(a, b):
    one = algorithm.comparator(pool("a", *a), pool("b", *b))
    other = algorithm.comparator(pool("b", *a), pool("a", *b))
    return "a" if one and other else "b" if not one and not other else "either"


def share():
    return [random.randint(0, 8), random.choice([0, 0, 1, 2, 4]), random.choice([1, 1, 2, 3, 5])]


random.seed(5)
rows = []
for i in range(80):
    a, b = share(), share()
    if i % 8 == 0:
        b = list(a)
    if i % 8 == 1:
        a, b = [a[0], 0, a[2]], [a[0] * 2, 0, a[2] * 2]
    rows.append("  " + json.dumps([a, b, first(a, b)]))
print("[\n" + ",\n".join(rows) + "\n]")
