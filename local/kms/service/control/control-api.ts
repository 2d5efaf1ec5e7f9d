import { ROUTES } from './routes';
import type { Switches } from './switches';
import { ErrorName } from '../../../../src/contract/error-names';
import { Failure } from '../../../../src/contract/failure';
import type { Problem } from '../../../../src/contract/problem';
import { CONTROL_PREFIX, type ControlEndpoint, type ControlReply } from '../../protocol/http-server';

/** The remedy of a malformed request. */
const SEE_ROUTES = `GET ${CONTROL_PREFIX} lists the requests`;

/** The control API: reads and changes all settings while the KMS runs. `GET /_local/` lists the requests. */
export class ControlApi implements ControlEndpoint {
  public constructor(private readonly switches: Switches) {}

  /**
   * Never rejects: every failure is a reply.
   *
   * @param origin the page that sent the request, if a browser sent it: any page that is open in a browser could reach
   * the ports of this machine
   */
  public async reply(method: string, url: string, origin: string | undefined, body: Buffer): Promise<ControlReply> {
    const { pathname, searchParams } = new URL(url, 'http://local');
    if (origin !== undefined) return fromPage(pathname, origin);
    if (pathname === CONTROL_PREFIX && method === 'GET') {
      return { httpStatus: 200, body: { routes: ROUTES.map(({ perform: _, ...described }) => described) } };
    }
    const routes = ROUTES.filter(({ path }) => path === pathname);
    const route = routes.find((each) => each.method === method);
    if (route === undefined) {
      return pathname === CONTROL_PREFIX || routes.length > 0 ? wrongMethod(method, pathname) : unknownPath(pathname);
    }
    try {
      return { httpStatus: 200, body: await route.perform(this.switches, { query: searchParams, body: parse(body) }) };
    } catch (error) {
      if (error instanceof Failure) return refusal(400, error.problem);
      const remedy = 'this is a defect of the local KMS: please report it';
      return refusal(500, { where: `${method} ${pathname}`, what: (error as Error).message, remedy });
    }
  }
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return {};
  let read: unknown;
  try {
    read = JSON.parse(body.toString());
  } catch {
    read = undefined;
  }
  if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: 'the body of the request', what: 'is not a JSON object', allowed: 'a JSON object, or nothing', remedy: SEE_ROUTES,
  });
}

function fromPage(pathname: string, origin: string): ControlReply {
  return refusal(403, {
    where: pathname,
    what: 'the request comes from a page in a browser',
    given: origin,
    allowed: 'no header Origin',
    remedy: 'send it from a program, or with curl',
  });
}

function unknownPath(pathname: string): ControlReply {
  return refusal(404, {
    where: pathname,
    what: 'the path does not exist',
    allowed: [...new Set(ROUTES.map(({ path }) => path))].join(', '),
    remedy: SEE_ROUTES,
  });
}

function wrongMethod(method: string, pathname: string): ControlReply {
  const allowed = pathname === CONTROL_PREFIX ? ['GET'] : ROUTES.filter(({ path }) => path === pathname).map((route) => route.method);
  return refusal(405, {
    where: pathname, what: 'the path does not support this method', given: method, allowed: allowed.join(', '), remedy: SEE_ROUTES,
  });
}

function refusal(httpStatus: number, error: Problem): ControlReply {
  return { httpStatus, body: { error } };
}
