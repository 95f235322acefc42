import { type DeploymentNeeds, deployedFunctions } from '../core/function-roles.ts';
import { type Route, routes } from './routes.ts';

/** The routes whose function is there: of third parties none, where the configuration has none. */
export function toDeployedRoutes(configuration: DeploymentNeeds): readonly Route[] {
  const deployed: readonly string[] = deployedFunctions(configuration);
  return routes.filter(({ handledBy }) => deployed.includes(handledBy));
}
