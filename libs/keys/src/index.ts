export { PersonalData, KeyMadeElsewhere, SubjectErased } from './personal-data.js';
