/** Routes whose bodies reach the handler as raw bytes, because they may be compressed or one record a line. */
export const INTAKE_ROUTES: readonly string[] = ['/v1/deployments/:deployment/predictions', '/v1/deployments/:deployment/labels'];
