export { openHttp, type HttpOptions } from './open-http.js';
