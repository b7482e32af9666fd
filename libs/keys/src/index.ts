export { PersonalData, SubjectErased } from './personal-data.js';
