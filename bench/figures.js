'use strict'

// What the samples of several generations, in rounds, come to.

const { dispersion, mean, median, standardError } = require('./statistics')

/**
 * A contestant's own: the median over generations of the mean of its rounds. A mean, for what comes by the piece: a collection
 * of V8's that falls into one round and not into the next would count whole by a median, or not at all.
 */
function cost({ samples }, route) {
  return median(samples.map((generation) => mean(generation[route])))
}

/**
 * What one costs more than another. Each generation that both were in gives the mean of the differences within its rounds,
 * and of these the median is the figure: now and then a process is unlucky for life.
 *
 * Its error is the standard error of such means, which tells of the luck of processes and of rounds; or, where there is one
 * generation only or several agree by chance, what the rounds alone tell.
 */
function extra(one, other, route) {
  const generations = one.samples.map((samples, i) =>
    samples[route].map((sample, round) => sample - other.samples[i][route][round]),
  )
  const means = generations.map(mean)
  const ofOne = median(generations.map(errorOfRounds)) / Math.sqrt(generations.length)
  return { value: median(means), error: Math.max(standardError(means), ofOne) }
}

/** For a normal distribution, by its quartiles, which an outlier does not move. */
function errorOfRounds(values) {
  return (1.48 * dispersion(values)) / Math.sqrt(values.length)
}

/** What one costs more than `bare`, as a share of what another does. */
function share(one, other, bare, route) {
  const [part, whole] = [extra(one, bare, route), extra(other, bare, route)]
  const value = part.value / whole.value
  return { value, error: Math.hypot(part.error, value * whole.error) / Math.abs(whole.value) }
}

module.exports = { cost, extra, share }
