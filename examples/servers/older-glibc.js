'use strict'

// Lets an x86-64 executable that was linked against glibc 2.38 and GCC 13 start on older ones (Debian 12, Ubuntu 22.04).
//
// Nothing in such an executable needs the newer libraries. The toolchain merely stamps a handful of symbols with the
// newest version it has, and the dynamic linker then refuses to start. So each stamp is turned back to the version that
// every x86-64 glibc carries, in the two tables where the linker looks: the version requirements (.gnu.version_r) and
// the dynamic symbols (.dynsym). Only values are overwritten; no byte of the file moves.

const SHT_DYNSYM = 11
const SHT_GNU_VERNEED = 0x6ffffffe
const SHT_GNU_VERSYM = 0x6fffffff
const STB_WEAK = 2
const VER_FLG_WEAK = 2
const SYMBOL_SIZE = 24

// What is too new, and what is done about the symbols that carry it.
const TOO_NEW = [
  // C23 headers rename strtol to __isoc23_strtol, which differs only in reading "0b11". The old name is the tail of the
  // new one, so the symbol can point into the middle of the same string.
  {
    library: 'libc.so.6',
    version: 'GLIBC_2.38',
    older: 'GLIBC_2.2.5',
    symbols: /^__isoc23_/,
    skip: '__isoc23_'.length,
  },
  // The same function; the newer stamp only means that it no longer sets errno through the SVID wrapper.
  { library: 'libm.so.6', version: 'GLIBC_2.38', older: 'GLIBC_2.2.5', symbols: /^fmod$/, skip: 0 },
  // Never called: it is referenced so that linking demands a libstdc++ that initialises cin and cout by itself. An older
  // one is happy with the initialisers compiled into the program, so a reference that may stay empty is enough.
  { library: 'libstdc++.so.6', version: 'GLIBCXX_3.4.32', symbols: /^_ZSt21ios_base_library_initv$/, weak: true },
]

/**
 * The same executable, asking for older versions of the C and C++ libraries.
 *
 * @param {Buffer} executable a 64-bit little-endian ELF file; left as it is
 * @returns {Buffer}
 * @throws where it is no such file, or where a symbol is too new that nobody has looked into
 */
function forOlderGlibc(executable) {
  const elf = Buffer.from(executable)
  const sections = readSections(elf)
  const lowered = lowerRequirements(elf, sections)
  lowerSymbols(elf, sections, lowered)
  return elf
}

function readSections(elf) {
  // 0x7f E L F, 64 bits, little-endian
  if (elf.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') throw new Error('not a 64-bit little-endian ELF file')
  const start = Number(elf.readBigUInt64LE(0x28))
  const size = elf.readUInt16LE(0x3a)
  const all = Array.from({ length: elf.readUInt16LE(0x3c) }, (_, i) => readSection(elf, start + i * size))
  const ofType = (type) => {
    const found = all.find((section) => section.type === type)
    if (!found) throw new Error(`no ELF section of type 0x${type.toString(16)}`)
    return found
  }
  const symbols = ofType(SHT_DYNSYM)
  return {
    symbols,
    requirements: ofType(SHT_GNU_VERNEED),
    versions: ofType(SHT_GNU_VERSYM),
    strings: all[symbols.link],
  }
}

function readSection(elf, at) {
  return {
    type: elf.readUInt32LE(at + 4),
    offset: Number(elf.readBigUInt64LE(at + 24)),
    size: Number(elf.readBigUInt64LE(at + 32)),
    link: elf.readUInt32LE(at + 40),
  }
}

// Gives an older name to each requirement that is too new, and returns the rules by version index: the symbols refer to
// a requirement by that index, which stays.
function lowerRequirements(elf, { requirements, strings }) {
  const lowered = new Map()
  for (const { library, versions } of readRequirements(elf, requirements.offset, strings)) {
    for (const rule of TOO_NEW.filter((rule) => rule.library === library)) {
      const newer = versions.find(({ name }) => name === rule.version)
      if (!newer) continue
      if (rule.weak) elf.writeUInt16LE(VER_FLG_WEAK, newer.at + 4)
      else copyVersion(elf, versions, rule.older, newer)
      lowered.set(newer.index, rule)
    }
  }
  return lowered
}

// A version is its name and the hash of it; an older one that the same library is asked for already lends both.
function copyVersion(elf, versions, name, to) {
  const from = versions.find((version) => version.name === name)
  if (!from) throw new Error(`nothing else asks for ${name}`)
  elf.copy(elf, to.at, from.at, from.at + 4)
  elf.copy(elf, to.at + 8, from.at + 8, from.at + 12)
}

// Two linked lists, one in the other: libraries, and the versions wanted of each.
function readRequirements(elf, offset, strings) {
  return walk(offset, (at) => elf.readUInt32LE(at + 12)).map((at) => ({
    library: readString(elf, strings, elf.readUInt32LE(at + 4)),
    versions: walk(at + elf.readUInt32LE(at + 8), (aux) => elf.readUInt32LE(aux + 12)).map((aux) => ({
      at: aux,
      index: elf.readUInt16LE(aux + 6),
      name: readString(elf, strings, elf.readUInt32LE(aux + 8)),
    })),
  }))
}

function walk(first, stepAt) {
  const found = [first]
  for (let at = first, step = stepAt(at); step !== 0; step = stepAt(at)) found.push((at += step))
  return found
}

function lowerSymbols(elf, { symbols, versions, strings }, lowered) {
  for (let i = 0; i < symbols.size / SYMBOL_SIZE; i++) {
    const rule = lowered.get(elf.readUInt16LE(versions.offset + 2 * i))
    if (rule) lowerSymbol(elf, symbols.offset + i * SYMBOL_SIZE, strings, rule)
  }
}

function lowerSymbol(elf, at, strings, rule) {
  const nameAt = elf.readUInt32LE(at)
  const name = readString(elf, strings, nameAt)
  // Better no server than one that calls a function which merely has the right name.
  if (!rule.symbols.test(name)) throw new Error(`${name}@${rule.version} has no known older equivalent`)
  if (rule.weak) elf[at + 4] = (STB_WEAK << 4) | (elf[at + 4] & 0xf)
  else elf.writeUInt32LE(nameAt + rule.skip, at)
}

function readString(elf, strings, offset) {
  const start = strings.offset + offset
  return elf.toString('latin1', start, elf.indexOf(0, start))
}

module.exports = { forOlderGlibc }
