/** What follows if a store is no longer declared. Every error that could make an operator remove one says it. */
export const REMOVED_STORE = 'a store that is no longer declared is not re-encrypted: its records stay under old generations, and none of '
  + 'these is deleted until the store is declared again or released (releasedStores)';
