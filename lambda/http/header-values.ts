import type { APIGatewayProxyEvent } from 'aws-lambda';

/** Every value of a header, in any case of its name: API Gateway keeps each as it came. */
export function headerValues(
  { multiValueHeaders }: Pick<APIGatewayProxyEvent, 'multiValueHeaders'>,
  name: string,
): readonly string[] {
  return Object.entries(multiValueHeaders ?? {}).flatMap(([key, values]) =>
    key.toLowerCase() === name ? (values ?? []) : [],
  );
}
