import { ConfigurationError } from './configuration-error.js';
import { readTraces } from './traces.js';

describe('where spans go', () => {
  it('is nowhere unless the environment says so', () => {
    expect(readTraces({})).toBeUndefined();
    expect(readTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: '', OTEL_SERVICE_NAME: 'x' })).toBeUndefined();
  });

  it('is read with the share of traces that is kept', () => {
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };
    expect(readTraces(endpoint)).toEqual({ endpoint: 'http://collector:4318', share: 1, service: undefined });
    expect(readTraces({ ...endpoint, OTEL_TRACES_SAMPLER_ARG: '0.25', OTEL_SERVICE_NAME: 'here' })).toMatchObject({
      share: 0.25,
      service: 'here',
    });
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://user:secret@collector'],
    ['OTEL_TRACES_SAMPLER_ARG', '2'],
    ['OTEL_TRACES_SAMPLER_ARG', '-0.1'],
  ])('is refused with %s=%s, which is named', (name, value) => {
    const read = (): unknown => readTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', [name]: value });
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(name);
    expect(read).not.toThrow('secret');
  });
});
