import { z } from 'zod';
import { uuid } from '#libs/kernel';
import { type CloudEvent } from './cloud-event.js';

const Structured = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid().transform(uuid),
  source: z.string(),
  type: z.string(),
  subject: z.string().optional(),
  time: z.string(),
  datacontenttype: z.literal('application/json'),
  data: z.unknown(),
});

/** A CloudEvent in structured JSON form. @throws SyntaxError | ZodError when the text is none of ours */
export const parseCloudEvent = (text: string): CloudEvent => {
  const { subject, ...rest } = Structured.parse(JSON.parse(text));
  return { ...rest, ...(subject === undefined ? {} : { subject }) };
};
