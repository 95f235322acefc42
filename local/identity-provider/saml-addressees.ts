import { toAcsUrl, toEntityId } from './authn-request.ts';
import type { SamlAddressee } from './saml-response.ts';

/** Of the attributes that AWS reads. */
const awsAttributes = 'https://aws.amazon.com/SAML/Attributes/';

const isForAws = (attribute: string) => attribute.startsWith(awsAttributes);

/** A broker reads none of what is for AWS. */
export const toBrokerAddressee = (brokerUrl: string): SamlAddressee => ({
  acsUrl: toAcsUrl(brokerUrl),
  entityId: toEntityId(brokerUrl),
  reads: (attribute) => !isForAws(attribute),
});

/** AWS's sign-in, as its metadata has it. */
export const awsAddressee: SamlAddressee = {
  acsUrl: 'https://signin.aws.amazon.com/saml',
  entityId: 'urn:amazon:webservices',
  reads: isForAws,
};
