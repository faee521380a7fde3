/** The version of this package. A constant: reading package.json would cost every start a file. */
export const version = '0.1.0'
