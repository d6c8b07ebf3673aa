"""Writes test/data/protobuf/values.json: sets of descriptors that protoc made, and messages that Google's library wrote. Needs grpcio-tools."""
import json, os, sys, tempfile
from grpc_tools import protoc
import grpc_tools

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../data/protobuf')
made = tempfile.mkdtemp()
sys.path.insert(0, made)
includes = ['-I' + DATA, '-I' + os.path.join(os.path.dirname(grpc_tools.__file__), '_proto')]
descriptors = {}
for name in ('shop', 'old'):
    file = os.path.join(made, name)
    assert protoc.main(['', *includes, '--include_imports', '--descriptor_set_out=' + file, '--python_out=' + made, name + '.proto']) == 0
    descriptors[name] = open(file, 'rb').read().hex()
import shop_pb2 as shop, old_pb2 as old

order = shop.Order(
    i32=-5, i64=-(1 << 60), u32=4000000000, u64=(1 << 64) - 1, s32=-7, s64=-8, f32=4000000001, f64=(1 << 64) - 2, sf32=-9, sf64=-10, f=1.5, d=-2.25,
    b=True, s='é', raw=b'\x00\xff', kind=2, place=shop.Place(city='B', lat=1), numbers=[1, -1, 300], names=['a', ''],
    places=[shop.Place(city='x'), shop.Place()], counts={'k': 1}, by_id={7: shop.Place(lat=2.5)}, maybe=0, right=9, kinds=[0, 1, 2], boxed={'value': 3},
)
order.at.FromJsonString('2020-01-02T03:04:05.678901Z')
order.took.FromJsonString('-1.5s')
early = shop.Order()
early.at.FromJsonString('1969-12-31T23:59:59.5Z')
MESSAGES = {
    'order': order,
    'early': early,
    'empty': shop.Order(),
    'left': shop.Order(left=''),
    'node': shop.Node(v=1, next=shop.Node(v=2, next=shop.Node(v=3))),
    'holder': shop.Holder(e=shop.Empty(), a=1),
    'lists': shop.Lists(a=[-1, 1 << 40], b=[1, 2], c=[.5], d=[True, False], e=[b'', b'a']),
    'log': old.Log(id=1),
    'whole log': old.Log(id=2, text='t', level=1, n=[1, 2], part={'x': 4}),
    'log without an id': old.Log(text='x'),
}
messages = {name: message.SerializePartialToString(deterministic=True).hex() for name, message in MESSAGES.items()}
with open(os.path.join(DATA, 'values.json'), 'w') as file:
    json.dump({'descriptors': descriptors, 'messages': messages}, file, indent=1)
    file.write('\n')
