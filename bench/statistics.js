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

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Of the mean of `values`; 0 where there is one alone, of which nothing is known. */
function standardError(values) {
  if (values.length < 2) return 0
  const middle = mean(values)
  const squares = values.map((value) => (value - middle) ** 2)
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (values.length - 1) / values.length)
}

module.exports = { median, dispersion, mean, standardError }
