/**
 * The page's keys, for its help and for the documentation: where, which, what for.
 */
export const KEYS: Readonly<Record<string, readonly (readonly [keys: string, meaning: string])[]>> = {
  Everywhere: [
    ['1 2 3 4', 'traces, map, endpoints, insights'],
    ['/', 'search'],
    ['t', 'light, dark, as the system has it'],
    ['?', 'all keys'],
  ],
  'List of traces': [
    ['j k ↓ ↑', 'next, previous trace'],
    ['Enter', 'open it'],
    ['x', 'choose it for a comparison'],
    ['p', 'pause, go on'],
    ['Esc', 'undo the selection in the plot'],
  ],
  Trace: [
    ['j k ↓ ↑', 'next, previous span'],
    ['h l ← →', 'fold, unfold; to the parent, to the first child'],
    ['Home End', 'first, last span'],
    ['[ ]', 'fold all, unfold all'],
    ['+ - 0', 'zoom in, out, whole trace'],
    ['z', 'zoom to the span'],
    ['a d', 'earlier, later'],
    ['c', 'critical path, or not'],
    ['n N', 'next, previous match'],
    ['w f s', 'waterfall, flame graph, statistics'],
    ['Esc', 'close the details, then back to the list'],
  ],
}
