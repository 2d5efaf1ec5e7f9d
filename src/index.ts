export * from './key/imported-key';
export * from './material/key-material-source';
export * from './material/material-expiration';
export { WrappingAlgorithm } from './material/wrapping-algorithm';
