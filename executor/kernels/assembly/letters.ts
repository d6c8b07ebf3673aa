// Simple case mappings (Unicode 15) of Basic Latin, Latin-1, Latin Extended-A and -B (its regular part), Greek, Cyrillic,
// Armenian and Latin Extended Additional. Other scripts with case are rare in data and stay as they are.

/** Whether capitals are even and small letters follow them, or the other way round, or neither: 0, 1, -1. */
function pairing(point: u32): i32 {
  if (point >= 0x100 && point <= 0x137) return point == 0x130 || point == 0x131 ? -1 : 0
  if (point >= 0x139 && point <= 0x148) return 1
  if (point >= 0x14a && point <= 0x177) return 0
  if (point >= 0x179 && point <= 0x17e) return 1
  if (point >= 0x1cd && point <= 0x1dc) return 1
  if (point >= 0x1de && point <= 0x1ef) return 0
  if (point >= 0x1f8 && point <= 0x21f) return 0
  if (point >= 0x222 && point <= 0x233) return 0
  if (point >= 0x3d8 && point <= 0x3ef) return 0
  if (point >= 0x460 && point <= 0x481) return 0
  if (point >= 0x48a && point <= 0x4bf) return 0
  if (point >= 0x4c1 && point <= 0x4ce) return 1
  if (point >= 0x4d0 && point <= 0x52f) return 0
  if (point >= 0x1e00 && point <= 0x1e95) return 0
  if (point >= 0x1ea0 && point <= 0x1eff) return 0
  return -1
}

export function upperOf(point: u32): u32 {
  if (point < 0x80) return point - 0x61 < 26 ? point - 32 : point
  if (point == 0xb5) return 0x39c
  if (point == 0xff) return 0x178
  if (point == 0x131) return 0x49
  if (point == 0x17f) return 0x53
  if (point >= 0xe0 && point <= 0xfe) return point == 0xf7 ? point : point - 32
  const pair = pairing(point)
  if (pair >= 0) return (point & 1) != <u32>pair ? point - 1 : point
  if (point == 0x3ac) return 0x386
  if (point >= 0x3ad && point <= 0x3af) return point - 37
  if (point == 0x3c2) return 0x3a3
  if (point >= 0x3b1 && point <= 0x3cb) return point - 32
  if (point == 0x3cc) return 0x38c
  if (point == 0x3cd || point == 0x3ce) return point - 63
  if (point >= 0x430 && point <= 0x44f) return point - 32
  if (point >= 0x450 && point <= 0x45f) return point - 80
  if (point == 0x4cf) return 0x4c0
  if (point >= 0x561 && point <= 0x586) return point - 48
  return point
}

export function lowerOf(point: u32): u32 {
  if (point < 0x80) return point - 0x41 < 26 ? point + 32 : point
  if (point >= 0xc0 && point <= 0xde) return point == 0xd7 ? point : point + 32
  if (point == 0x178) return 0xff
  const pair = pairing(point)
  if (pair >= 0) return (point & 1) == <u32>pair ? point + 1 : point
  if (point == 0x386) return 0x3ac
  if (point >= 0x388 && point <= 0x38a) return point + 37
  if (point == 0x38c) return 0x3cc
  if (point == 0x38e || point == 0x38f) return point + 63
  if (point >= 0x391 && point <= 0x3ab) return point == 0x3a2 ? point : point + 32
  if (point >= 0x410 && point <= 0x42f) return point + 32
  if (point >= 0x400 && point <= 0x40f) return point + 80
  if (point == 0x4c0) return 0x4cf
  if (point >= 0x531 && point <= 0x556) return point + 48
  if (point == 0x1e9e) return 0xdf
  return point
}
