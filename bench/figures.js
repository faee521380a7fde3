'use strict'

// What the samples of several generations, in rounds, come to.

const { dispersion, median, trimmedMean } = require('./statistics')

/** A contestant's own: the median over generations of the mean of its rounds. */
function cost({ samples }, route) {
  return median(samples.map((generation) => trimmedMean(generation[route])))
}

/**
 * What one costs more than another. Each generation gives the mean of the differences within its rounds, and of these the
 * median is the figure.
 *
 * Its error is half the way from the lowest generation to the highest, which tells of the luck of processes and of rounds;
 * or, where that is more, as when there is one generation only or several agree by chance, the standard error of such a
 * mean of rounds.
 */
function extra(one, other, route) {
  const generations = one.samples.map((samples, i) =>
    samples[route].map((sample, round) => sample - other.samples[i][route][round]),
  )
  const all = generations.map(trimmedMean)
  const spread = (Math.max(...all) - Math.min(...all)) / 2
  return { value: median(all), error: Math.max(spread, median(generations.map(errorOfMean))) }
}

/** For a normal distribution, by its quartiles, which an outlier does not move. */
function errorOfMean(values) {
  return (1.48 * dispersion(values)) / Math.sqrt(values.length)
}

module.exports = { cost, extra }
