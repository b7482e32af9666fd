export { openKeyDirectory, DirectoryPersonalData } from './directory-personal-data.js';
