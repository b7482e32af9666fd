export { DatasetError, type Place } from './errors.js';
export { type CategoricalColumn, type Column, type Columns, type NumericColumn, readColumns } from './columns.js';
export { readRows } from './rows.js';
export { type Format, formatOf } from './open-table.js';
