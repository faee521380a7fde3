'use strict'

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Half the distance between the quartiles. */
function dispersion(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  return (at(0.75) - at(0.25)) / 2
}

/** A part of them on either side is left out of a mean. */
const LEFT_OUT = 1 / 6

/**
 * The mean without the highest and the lowest sixth. A median would be wrong of what comes by the piece: a collection that
 * falls into most rounds would count whole, and one that falls into a few not at all.
 */
function trimmedMean(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const cut = Math.floor(sorted.length * LEFT_OUT)
  const kept = sorted.slice(cut, sorted.length - cut)
  return kept.reduce((sum, value) => sum + value, 0) / kept.length
}

module.exports = { median, dispersion, trimmedMean }
