/** A file of this name in the doctor's folder: nothing is to be added to what the command does by itself. */
export const AS_IT_IS = 'as-it-is'
